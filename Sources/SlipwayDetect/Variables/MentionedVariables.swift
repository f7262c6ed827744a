// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names that a template gives and that code mentions in a way no reader knows: as a string, or as a member of an
/// object that some module fills from the environment, `settings.SMTP_HOST`, `lookup("SMTP_HOST")`.
enum MentionedVariables {
    /// The places that mention such a name, the first one of each.
    /// - Parameter candidates: The application's source files.
    static func reads(_ tree: SourceTree, in candidates: [SourceFile], known: Set<String>) -> [VariableRead] {
        let (templates, all) = templateNames(tree)
        var wanted = all.subtracting(known)
        guard !wanted.isEmpty else { return [] }
        var found: [VariableRead] = []
        for candidate in candidates where candidate.language.holdsCode && !wanted.isEmpty {
            guard let bytes = tree.bytes(at: candidate.position), bytes.count <= SourceFilter.largestInBytes,
                !SourceFilter.isMinified(bytes)
            else { continue }
            let mentions = mentions(of: wanted, in: bytes)
            guard !mentions.isEmpty else { continue }
            var file = FileReads(Code(path: candidate.path, language: .yaml, bytes: []))
            for (name, line) in mentions {
                file.add(
                    name, line: line, phase: EnvironmentName.isBaked(name) ? .build : .run,
                    bare: templates.contains(name))
                wanted.remove(name)
            }
            found += file.effective
        }
        return found
    }

    /// What `.env.example` and its kin give, and what deployment files give to the application itself.
    private static func templateNames(_ tree: SourceTree) -> (templates: Set<String>, all: Set<String>) {
        var templates: Set<String> = []
        var names: Set<String> = []
        for given in GivenVariables(tree: tree).all {
            let isOwn: Bool
            switch given.source {
            case .dotenv: isOwn = SourceFilter.isApplication(given.file)
            case .compose, .fly, .render: isOwn = given.isForApplication
            case .workflow, .dockerfile: isOwn = false
            }
            guard isOwn, EnvironmentName.isScreaming(given.name), given.name.utf8.count > 3,
                !ForeignVariables.contains(given.name)
            else { continue }
            names.insert(given.name)
            if given.source == .dotenv { templates.insert(given.name) }
        }
        return (templates, names)
    }

    /// Words in quotes, after a dot or in brackets, outside of comments that fill their line.
    private static func mentions(of wanted: Set<String>, in bytes: [UInt8]) -> [String: Int] {
        var found: [String: Int] = [:]
        var line = 1
        var index = 0
        var startsLine = true
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Byte.newline {
                line += 1
                startsLine = true
                index += 1
                continue
            }
            if startsLine, byte != Byte.space, byte != Byte.tab {
                startsLine = false
                let isComment =
                    byte == Byte.hash || byte == Byte.star
                    || (byte == Byte.slash && index + 1 < bytes.count
                        && (bytes[index + 1] == Byte.slash || bytes[index + 1] == Byte.star))
                if isComment {
                    while index < bytes.count, bytes[index] != Byte.newline { index += 1 }
                    continue
                }
            }
            guard Byte.isNamePart(byte) else {
                index += 1
                continue
            }
            let start = index
            while index < bytes.count, Byte.isNamePart(bytes[index]) { index += 1 }
            guard Byte.isUpper(byte), index - start > 3, start > 0, isQuotedOrMember(bytes, start, index) else {
                continue
            }
            let name = String(decoding: bytes[start..<index], as: UTF8.self)
            if wanted.contains(name), found[name] == nil { found[name] = line }
        }
        return found
    }

    private static func isQuotedOrMember(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let before = bytes[start - 1]
        if before == Byte.dot { return true }
        guard end < bytes.count, before == Byte.quote || before == Byte.doubleQuote || before == Byte.backtick else {
            return false
        }
        return bytes[end] == before
    }
}

extension CodeLanguage {
    /// Whether such files are programs, not settings or pages.
    fileprivate var holdsCode: Bool {
        switch self {
        case .python, .javascript, .markup, .go, .rust, .ruby, .erb, .php, .swift, .jvm, .csharp, .elixir: true
        case .prisma, .properties, .shell, .yaml: false
        }
    }
}

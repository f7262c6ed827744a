// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `${X:-y}`, `${X:?}` and plain `$X` in the scripts that start an application; interpolation in Compose files.
struct ShellReader: VariableReader {
    let summary = "start scripts, Procfile: ${X:-y}, ${X:?}, $X, envsubst; Compose: ${X:-y}, ${X?}"
    let languages: Set<CodeLanguage> = [.shell, .yaml]

    private static let starting = [
        "entrypoint", "docker-entrypoint", "entry.", "start", "run", "boot", "prestart", "serve", "release", "Procfile",
        "init",
        "launch", "web", "worker", "gunicorn", "uvicorn", "celery",
    ]
    /// Lines from a condition to the `exit` that belongs to it.
    private static let longestCheck = 8
    private static let words: Set<String> = ["export", "local", "readonly", "declare", "typeset"]

    func read(_ code: Code, into file: inout FileReads) {
        let name = code.path.split(separator: "/").last.map(String.init) ?? code.path
        if code.language == .yaml {
            guard Self.isCompose(name) else { return }
            for use in ShellExpansion.all(in: code.bytes) where use.operation != .plain { add(use, into: &file) }
            return
        }
        guard Self.starting.contains(where: { name.hasPrefix($0) }) || name.contains("entrypoint") else { return }
        let assigned = assigned(code.bytes)
        let insisted = insisted(code.bytes)
        for use in ShellExpansion.all(in: code.bytes) where EnvironmentName.isScreaming(use.name) {
            // A plain use of a name that the script sets anywhere is the script's own; a default asks the environment.
            let isOwn = assigned[use.name].map { use.operation == .plain || $0 < use.line } ?? false
            if !isOwn { add(use, into: &file) }
        }
        substituted(code.bytes, into: &file)
        file.require { insisted.contains($0.name) }
    }

    /// The names that `envsubst '${A} ${B}'` is told to fill in.
    private func substituted(_ bytes: [UInt8], into file: inout FileReads) {
        for (number, line) in bytes.split(separator: Byte.newline, omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            guard let call = text[...].range(ofText: "envsubst "), text.first != "#" else { continue }
            let list = text[call.upperBound...].drop { $0 == " " }
            guard list.first == "'" || list.first == "\"" else { continue }
            for word in list.dropFirst().prefix(while: { $0 != list.first }).split(whereSeparator: {
                "${}, \\".contains($0)
            })
            where EnvironmentName.isScreaming(String(word)) {
                file.add(String(word), line: number + 1)
            }
        }
    }

    /// Names of which the script says that they are empty before it gives up: `if [ -z "$X" ]; then … exit 1`.
    private func insisted(_ bytes: [UInt8]) -> Set<String> {
        let lines = bytes.split(separator: Byte.newline, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var found: Set<String> = []
        for (number, line) in lines.enumerated() where line.contains("-z ") && !line.contains("&&") {
            let block = lines[number...].prefix(Self.longestCheck)
            let end = block.firstIndex { $0.split(separator: " ").contains("fi") } ?? block.endIndex
            let fails = lines[number..<max(number + 1, min(end, block.endIndex))].contains {
                $0.contains("exit 1") || $0.contains("exit 2") || $0.contains("exit 64") || $0.contains("exit 78")
            }
            guard fails else { continue }
            for part in line.components(after: "-z ") {
                let name = part.drop { "\"'${ ".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                if EnvironmentName.isScreaming(String(name)) { found.insert(String(name)) }
            }
        }
        return found
    }

    static func isCompose(_ name: String) -> Bool {
        name.hasPrefix("docker-compose") || name.hasPrefix("compose.") || name.hasPrefix("compose-")
    }

    private func add(_ use: ShellExpansion, into file: inout FileReads) {
        switch use.operation {
        case .plain: file.add(use.name, line: use.line, bare: true)
        case .required: file.add(use.name, line: use.line, required: true)
        case .fallback(let text):
            file.add(use.name, line: use.line, default: text.contains("$") ? .computed : .text(text, nil))
        }
    }

    /// First line on which the script gives a name a value of its own.
    private func assigned(_ bytes: [UInt8]) -> [String: Int] {
        var result: [String: Int] = [:]
        for (number, line) in bytes.split(separator: Byte.newline, omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == Byte.space || $0 == Byte.tab || $0 == UInt8(ascii: ";") }
                .map { String(decoding: $0, as: UTF8.self) }
            for (index, word) in words.enumerated() {
                if let equals = word.firstIndex(of: "="), EnvironmentName.isValid(String(word[..<equals])) {
                    let name = String(word[..<equals])
                    // X="${X:-y}" keeps what the environment says.
                    if !word.contains("$" + name), !word.contains("{" + name) {
                        result[name] = min(result[name] ?? .max, number + 1)
                    }
                } else if index > 0, words[index - 1] == "for" {
                    result[word] = min(result[word] ?? .max, number)
                } else if word == "read" {
                    // read -ra NAMES <<< "$X"
                    for name in words[(index + 1)...].prefix(while: { $0 != "<<<" }) where EnvironmentName.isValid(name)
                    {
                        result[name] = min(result[name] ?? .max, number)
                    }
                } else if !Self.words.contains(word), index > 2 {
                    break
                }
            }
        }
        return result
    }
}

extension String {
    /// What follows each occurrence of a mark.
    fileprivate func components(after mark: String) -> [Substring] {
        var rest = self[...]
        var found: [Substring] = []
        while let range = rest.firstRange(of: mark) {
            rest = rest[range.upperBound...]
            found.append(rest)
        }
        return found
    }
}

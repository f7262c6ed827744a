// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Commands that only name what another file spells out: a target of a Makefile, an arm of an entry point's `case`.
struct IndirectCommand {
    var text: String
    var file: String
    var line: Int

    /// `make worker` as the Makefile's recipe; targets that call further targets are followed.
    static func recipe(of text: String, in folder: String, _ tree: SourceTree) -> IndirectCommand? {
        var found: IndirectCommand?
        var text = text
        for _ in 0..<3 {
            guard let command = ServerCommand(text), command.program == "make", command.words.count < 12,
                let target = command.words.dropFirst(command.programIndex + 1)
                    .first(where: { !$0.hasPrefix("-") && !$0.contains("=") }),
                let next = recipe(target.trimmingQuotes, in: folder, tree)
            else { break }
            found = next
            text = next.text
        }
        return found
    }

    private static func recipe(_ target: String, in folder: String, _ tree: SourceTree) -> IndirectCommand? {
        let files = Set([folder, "."]).sorted().reversed().flatMap { place in
            ["Makefile", "makefile", "GNUmakefile"].map { place.appending(path: $0) }
        }
        guard let file = files.first(where: tree.contains), let makefile = tree.text(file) else { return nil }
        var commands: [String] = []
        var start: Int?
        for (index, line) in makefile.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if start == nil {
                guard line.hasPrefix(target) else { continue }
                let rest = line.dropFirst(target.count).drop { $0 == " " }
                if rest.hasPrefix(":"), !rest.hasPrefix(":=") { start = index + 1 }
            } else if line.hasPrefix("\t") || line.hasPrefix("  ") {
                let command = line.drop { " \t@-".contains($0) }
                // What Make itself would fill in is not known here.
                guard !command.isEmpty, !command.contains("$("), !command.hasPrefix("#") else { continue }
                commands.append(String(command).replacing("$$", with: "$"))
            } else if !line.allSatisfy(\.isWhitespace) {
                break
            }
        }
        guard let start, !commands.isEmpty else { return nil }
        return IndirectCommand(text: commands.joined(separator: " && "), file: file, line: start)
    }

    /// What a start script runs when its first argument is this word: the lines of the arm or of the branch, and those
    /// of a function of the script that the arm calls.
    static func arm(_ word: String, of script: String, _ tree: SourceTree) -> [(text: String, line: Int)]? {
        guard let first = word.unicodeScalars.first, first.properties.isAlphabetic,
            word.utf8.allSatisfy({ Byte.isNamePart($0) || $0 == Byte.dash }), let text = tree.text(script)
        else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.drop { $0 == " " || $0 == "\t" }
        }
        let start = lines.firstIndex { line in
            guard let end = line.firstIndex(of: ")"), !line.hasPrefix("(") else { return false }
            return line[..<end].split(separator: "|").contains { $0.filter { !" \"'".contains($0) } == word }
        }
        guard let start, lines[..<start].contains(where: { $0.hasPrefix("case ") }) else {
            return branch(word, in: lines)
        }
        var found: [(String, Int)] = []
        for index in start..<lines.count {
            var line = lines[index]
            if index == start { line = line[line.index(after: line.firstIndex(of: ")") ?? line.startIndex)...] }
            let isLast = line.has(";;")
            let body = line.filter { $0 != ";" }.drop { $0 == " " }
            if !body.isEmpty { found.append((String(body), index + 1)) }
            if isLast || lines[index] == "esac" { break }
        }
        let called = found.compactMap { $0.0.split(separator: " ").first.map(String.init) }
        return found + called.flatMap { function($0, in: lines) }
    }

    /// The lines below `if [ "$1" = "worker" ]; then`.
    private static func branch(_ word: String, in lines: [Substring]) -> [(text: String, line: Int)]? {
        let start = lines.firstIndex { line in
            guard line.hasPrefix("if ") || line.hasPrefix("elif "), line.has("$1") || line.has("${1}"),
                !line.has("!=")
            else { return false }
            return line.split { " \"'[];=".contains($0) }.dropFirst().contains { $0 == word }
        }
        guard let start else { return nil }
        let ends: Set<Substring> = ["elif", "else", "fi"]
        let body = lines[(start + 1)...].prefix { !ends.contains($0.prefix { $0.isLetter }) }
        return body.enumerated().map { (String($1), start + 2 + $0) }
            .filter { !$0.0.isEmpty && $0.0 != "then" && !$0.0.hasPrefix("#") }
    }

    private static func function(_ name: String, in lines: [Substring]) -> [(String, Int)] {
        guard
            let start = lines.firstIndex(where: {
                $0.hasPrefix("\(name)()") || $0.hasPrefix("\(name) ()") || $0.hasPrefix("function \(name)")
            })
        else { return [] }
        return lines[(start + 1)...].prefix { !$0.hasPrefix("}") }.enumerated().map { (String($1), start + 2 + $0) }
    }
}

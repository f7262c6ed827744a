// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Python that drops its tables while it starts, always or under a switch that is on by itself.
enum DroppedAtStart {
    private static let calls = ["drop_all(", "drop_tables("]
    private static let aside = ["seed", "reset", "migrat", "scripts/", "versions/", "bench", "demo", "cli"]

    static func violations(in repository: CheckedRepository) -> [Violation] {
        let python = repository.codeFiles.filter { $0.name.hasSuffix(".py") }
        let started = startedCommands(in: repository)
        return repository.code([".py"], with: calls).compactMap { code in
            if let found = command(in: code, started) { return found }
            // A script that nobody imports is run by hand.
            guard !aside.contains(where: code.path.lowercased().contains), let entry = repository.tree.entry(code.path),
                PythonImports.isReached(entry, among: python, in: repository.tree)
            else { return nil }
            for index in code.lines.indices where calls.contains(where: code.lines[index].contains) {
                guard !code.lines[index].trimmed.hasPrefix("def "), !code.lines[index].trimmed.hasPrefix("async def "),
                    let reason = reason(of: index, in: code, repository)
                else { continue }
                return Violation(
                    file: code.path, line: index + 1,
                    "every start deletes all tables\(reason); delete the call, and change tables with migrations")
            }
            return nil
        }
    }

    /// A command of Flask's own that drops the tables and that the container runs when it starts.
    private static func command(in code: CodeText, _ started: [Substring]) -> Violation? {
        for index in code.lines.indices where calls.contains(where: code.lines[index].contains) {
            let openers = PythonBlocks.openers(of: index, in: code.lines)
            guard let function = openers.last, function > 0, code.lines[function].hasPrefix("def "),
                code.lines[function - 1].contains(".command("),
                !openers.contains(where: { code.lines[$0].trimmed.hasPrefix("if ") }),
                let name = code.bare[function - 1].split(separator: "'").dropFirst().first, started.contains(name)
            else { continue }
            return Violation(
                file: code.path, line: index + 1,
                "every start runs \(name), which deletes all tables; take it out of the start, and change tables with "
                    + "migrations")
        }
        return nil
    }

    /// Words behind manage.py or flask that a container runs at every start, under no condition.
    private static func startedCommands(in repository: CheckedRepository) -> [Substring] {
        repository.deployedUnits.filter { !$0.isForDevelopment }.flatMap { unit -> [Substring] in
            var depth = 0
            return StoreAtStart.startLines(of: unit).flatMap { line -> [Substring] in
                let text = line.trimmed
                if text.hasPrefix("if ") { depth += 1 }
                if text == "fi" { depth -= 1 }
                guard depth == 0, text.contains("manage.py ") || text.contains("flask ") else { return [] }
                return line.split { " ;&|\"'".contains($0) }
            }
        }
    }

    /// Why the line runs at each start; `nil` when that is not certain.
    private static func reason(of index: Int, in code: CodeText, _ repository: CheckedRepository) -> String? {
        let openers = PythonBlocks.openers(of: index, in: code.lines)
        let conditions = openers.filter { code.lines[$0].trimmed.hasPrefix("if ") }
        let functions = openers.filter { place in
            ["def ", "async def ", "class "].contains(where: code.lines[place].trimmed.hasPrefix)
        }
        guard openers.allSatisfy({ isPassedThrough(code.lines[$0].trimmed) }), conditions.count <= 1,
            functions.allSatisfy({ isStart($0, in: code) })
        else { return nil }
        guard let condition = conditions.first else { return "" }
        let text = code.lines[condition].trimmed.dropFirst(3).dropLast()
        guard text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }),
            let name = text.split(separator: ".").last.map(String.init), isOnByItself(name, in: repository)
        else { return nil }
        return ": \(name) is on unless somebody says no"
    }

    private static func isPassedThrough(_ line: String) -> Bool {
        ["if ", "with ", "async with ", "def ", "async def ", "try:"].contains(where: line.hasPrefix)
    }

    /// What the framework calls when it starts.
    private static func isStart(_ place: Int, in code: CodeText) -> Bool {
        let line = code.lines[place]
        let before = place > 0 ? code.lines[place - 1] : ""
        return line.contains("def lifespan(") || line.contains("def create_app(") || line.contains("def on_startup(")
            || before.contains("on_event(\"startup\")") || before.contains("on_event('startup')")
    }

    private static func isOnByItself(_ name: String, in repository: CheckedRepository) -> Bool {
        let signs = ["\(name):bool=True", "\(name)=True", "\(name):bool=Field(True", "\(name):bool=Field(default=True"]
        let isOn = repository.code([".py"], with: [name]).contains { code in
            code.bare.contains { line in signs.contains { line.hasPrefix($0) } }
        }
        let word = Array(name.utf8)
        let isGiven = repository.tree.entries.contains { entry in
            guard
                FileFormat(path: entry.path) == .compose || FileFormat(path: entry.path) == .dotenv
                    || entry.name.contains("Dockerfile") || entry.name.hasSuffix(".sh"),
                let bytes = repository.tree.bytes(entry.path)
            else { return false }
            return WholeWord.stands(word, in: bytes)
        }
        return isOn && !isGiven
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a process does with its database before it serves anything, and whether somebody starts it again after a failure.
enum StoreAtStart {
    /// What fails at the start without the database, in words; `nil` when nothing certainly does.
    static func need(of service: ComposeService, in file: CheckedFile<ComposeFile>) -> String? {
        guard let unit = unit(of: service, in: file) else { return nil }
        let lines = startLines(of: unit)
        guard !lines.contains(where: { line in waits.contains(where: line.contains) }) else { return nil }
        if lines.contains(where: MigrationRuns.runs) { return "the migration at its start" }
        return tablesAtImport(of: unit).map { "create_all in \($0)" }
    }

    /// Whether what the container starts asks until the database answers.
    static func waitsItself(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        let own = [service.command?.text, service.entrypoint?.text].compactMap { $0 }
        let lines = unit(of: service, in: file).map(startLines) ?? own
        let asks = [
            "wait-for", "wait_for", "wait4", "pg_isready", "nc -z", "dockerize -wait", "/dev/tcp", "mysqladmin ping",
        ]
        return lines.contains { line in asks.contains(where: line.contains) }
    }

    private static func unit(of service: ComposeService, in file: CheckedFile<ComposeFile>) -> DeployedUnit? {
        file.repository.deployedUnits.first {
            $0.compose?.location == file.location && $0.service?.name == service.name
        }
    }

    /// Whether Docker or an orchestrator starts the container anew when it ends.
    static func isStartedAgain(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        file.running(service.name).contains { member in
            member.restart.map { $0.text != "no" } == true || member.node.at("deploy", "restart_policy") != nil
                || member.node["extends"] != nil
        }
    }

    /// What a start does before it goes on when the database is not there yet.
    private static let waits = [
        "wait", "pg_isready", "nc -", "dockerize", "until ", "while ", "sleep ", "mysqladmin", "retry", "/dev/tcp",
        "pre_start", "prestart", "for i in",
    ]

    /// The command, and every line of a script that it names; comments left out.
    static func startLines(of unit: DeployedUnit) -> [String] {
        unit.startedCommands.map(\.text)
    }

    /// The module that makes tables while it is imported.
    private static func tablesAtImport(of unit: DeployedUnit) -> String? {
        let repository = unit.dockerfile.repository
        let folder = unit.context ?? SourceTree.Entry(path: unit.dockerfile.location).directory
        let prefix = folder == "." ? "" : folder + "/"
        let python = repository.codeFiles.filter { $0.name.hasSuffix(".py") && $0.path.hasPrefix(prefix) }
        return repository.code([".py"], with: ["create_all("]).first { code in
            // What tries again, and a database in a file, ends nothing.
            let isSure = code.line(with: "sqlite", "sleep(", "retry", "OperationalError") == nil
            guard isSure, code.path.hasPrefix(prefix), let entry = repository.tree.entry(code.path) else {
                return false
            }
            return PythonBlocks.runsAtImport("create_all(", in: code)
                && PythonImports.isReached(entry, among: python, in: repository.tree)
        }?.path
    }
}

/// Which lines of Python run while their module is imported.
enum PythonBlocks {
    /// Whether a line with the sign is one of them.
    static func runsAtImport(_ sign: String, in code: CodeText) -> Bool {
        code.lines.indices.contains { index in
            code.lines[index].contains(sign) && isAtImport(index, in: code.lines)
        }
    }

    /// Whether no function, class or condition stands around the line; `with` runs what is in it.
    static func isAtImport(_ index: Int, in lines: [Substring]) -> Bool {
        openers(of: index, in: lines).allSatisfy { lines[$0].trimmed.hasPrefix("with ") }
    }

    /// The lines that open the blocks around one, the innermost first. A bracket that is open over several lines opens
    /// none.
    static func openers(of index: Int, in lines: [Substring]) -> [Int] {
        func indent(_ line: Substring) -> Int { line.prefix { $0 == " " || $0 == "\t" }.count }
        var depth = indent(lines[index])
        var found: [Int] = []
        for place in stride(from: index - 1, through: 0, by: -1) where depth > 0 {
            let line = lines[place]
            let body = line.trimmed
            guard !body.isEmpty, indent(line) < depth, ![")", "]", "}"].contains(body.first) else { continue }
            depth = indent(line)
            if body.hasSuffix(":") { found.append(place) }
        }
        return found
    }
}

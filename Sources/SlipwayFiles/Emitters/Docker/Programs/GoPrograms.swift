// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The programs of a Go image: the one it is named after, others of the module that its commands start, and the tools
/// that run its migrations.
struct GoPrograms {
    private static let folder = "/usr/local/bin/"

    let input: ImageInput
    private var service: Service { input.service }

    /// The command as it is typed where the module was compiled.
    func command(_ text: String) -> String {
        CommandBeginning.changing(text) { words in
            if let run = run(words) { return (run.count, Self.folder + run.name) }
            let name = words[0].lastPathComponent
            if isOwn(words[0]) { return (1, Self.folder + service.name) }
            return words[0].contains("/") && builds.contains { $0.name == name } ? (1, Self.folder + name) : nil
        }
    }

    /// The command as it is typed beside the source.
    func developmentCommand(_ text: String) -> String {
        CommandBeginning.changing(text) { words in
            if isOwn(words[0]) { return (1, "go run \(DevelopmentCommand.goPackage(service))") }
            guard words[0].contains("/"), let other = builds.first(where: { $0.name == words[0].lastPathComponent })
            else { return nil }
            return (1, "go run \(other.package)")
        }
    }

    /// Programs of the module that are built beside the service's own, and their packages.
    var builds: [(name: String, package: String)] {
        var found: [(name: String, package: String)] = []
        for words in input.commands.flatMap(CommandBeginning.words) {
            let candidate =
                run(words).map { ($0.name, $0.package) }
                ?? (words[0].contains("/") && !isOwn(words[0])
                    ? (words[0].lastPathComponent, "./cmd/\(words[0].lastPathComponent)") : nil)
            guard let (name, package) = candidate, !found.contains(where: { $0.name == name }),
                package == "." || input.tree.hasDirectory(input.path(String(package.dropFirst(2))))
            else { continue }
            found.append((name, package))
        }
        return found
    }

    var tools: [InstalledTool] {
        let programs = Set(input.commands.flatMap(CommandBeginning.words).compactMap(\.first))
        return Self.known.filter { programs.contains($0.program) }.map { tool in
            // golang-migrate is compiled with the databases that it is to know.
            let tags = tool.program == "migrate" ? " -tags=\(databaseTags)" : ""
            return InstalledTool(
                program: tool.program,
                command: "go install\(tags) -ldflags='-s -w' \(tool.package)@\(version(of: tool) ?? tool.version)")
        }
    }

    // MARK: Reading commands

    /// `go run ./cmd/migrate`, how many words that is, and the name of the program.
    private func run(_ words: [String]) -> (count: Int, name: String, package: String)? {
        guard words.count > 2, words[0] == "go", words[1] == "run",
            let place = words.dropFirst(2).firstIndex(where: { !$0.hasPrefix("-") })
        else { return nil }
        var package = words[place]
        if package.hasSuffix(".go") { package = package.contains("/") ? package.parentDirectory : "." }
        while package.hasSuffix("/") { package.removeLast() }
        if package != ".", !package.hasPrefix("./") { package = "./" + package }
        let name = package == "." ? service.name + "-run" : package.lastPathComponent
        return (place + 1, name == service.name ? name + "-run" : name, package)
    }

    private func isOwn(_ word: String) -> Bool {
        let output = service.build.flatMap(GoImage.output) ?? "bin/\(service.name)"
        return word.withoutDotSlash == output.withoutDotSlash
    }

    private var databaseTags: String {
        let tags = input.databases.map { $0 == .mariadb ? "mysql" : $0.rawValue }
        return tags.isEmpty ? "postgres" : Set(tags).sorted().joined(separator: ",")
    }

    /// The version that the module itself requires: what wrote the migrations reads them.
    private func version(of tool: Tool) -> String? {
        guard let line = input.text("go.mod")?.split(separator: "\n").first(where: { $0.contains(tool.module + " ") })
        else { return nil }
        return line.split(separator: " ").first { $0.hasPrefix("v") && $0.contains(".") }.map(String.init)
    }

    // MARK: Known tools

    private struct Tool {
        let program: String
        let module: String
        let package: String
        /// Where the module requires none.
        let version: String
    }

    /// The commands that each project's own manual gives for installing it.
    private static let known = [
        Tool(
            program: "goose", module: "github.com/pressly/goose/v3", package: "github.com/pressly/goose/v3/cmd/goose",
            version: "v3.24.1"),
        Tool(
            program: "migrate", module: "github.com/golang-migrate/migrate/v4",
            package: "github.com/golang-migrate/migrate/v4/cmd/migrate", version: "v4.18.1"),
        Tool(
            program: "dbmate", module: "github.com/amacneil/dbmate/v2", package: "github.com/amacneil/dbmate/v2",
            version: "v2.24.2"),
        Tool(
            program: "sql-migrate", module: "github.com/rubenv/sql-migrate",
            package: "github.com/rubenv/sql-migrate/sql-migrate", version: "v1.7.0"),
    ]
}

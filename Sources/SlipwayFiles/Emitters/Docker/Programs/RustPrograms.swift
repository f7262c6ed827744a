// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The programs of a Rust image: the one that serves, others of the workspace that its commands start, and the tools
/// that run its migrations.
struct RustPrograms {
    private static let folder = "/usr/local/bin/"

    let input: ImageInput
    private var service: Service { input.service }

    /// The binary that the service starts.
    var main: String {
        let first = service.start?.split(separator: " ").first ?? ""
        return first.split(separator: "/").last.map(String.init) ?? service.name
    }

    /// The command as it is typed where everything was compiled.
    func command(_ text: String) -> String {
        CommandBeginning.changing(text) { words in
            program(of: words).map { ($0.count, Self.folder + $0.name) }
        }
    }

    /// The command as it is typed beside the source.
    func developmentCommand(_ text: String) -> String {
        CommandBeginning.changing(text) { words in
            words[0].contains("target/release/") ? (1, "cargo run --bin \(words[0].lastPathComponent) --") : nil
        }
    }

    /// What builds the programs beside the main one, and their names.
    var builds: [(name: String, command: String)] {
        var found: [(name: String, command: String)] = []
        for words in input.commands.flatMap(CommandBeginning.words) {
            guard let program = program(of: words), program.name != main,
                !found.contains(where: { $0.name == program.name })
            else { continue }
            found.append((program.name, program.build))
        }
        return found
    }

    var tools: [InstalledTool] {
        let programs = Set(input.commands.flatMap(CommandBeginning.words).compactMap(\.first))
        var tools: [InstalledTool] = []
        if programs.contains("sqlx") { tools.append(sqlx) }
        if programs.contains("diesel") { tools.append(diesel) }
        return tools
    }

    // MARK: Reading commands

    /// `./target/release/x`, or `cargo run --package x -- up`, where all words up to `--` only name the program.
    private func program(of words: [String]) -> (count: Int, name: String, build: String)? {
        if words[0].contains("target/release/") {
            let name = words[0].lastPathComponent
            return (1, name, "cargo build --release\(locked) --bin \(ShellWord.quote(name))")
        }
        guard words.count > 1, words[0] == "cargo", words[1] == "run" else { return nil }
        let end = words.firstIndex(of: "--") ?? words.endIndex
        var name: String?
        var selection = ""
        var index = 2
        while index < end {
            let parts = words[index].split(separator: "=", maxSplits: 1).map(String.init)
            let takesNext = ["--package", "-p", "--bin", "--manifest-path"].contains(parts[0]) && parts.count == 1
            let value = parts.count == 2 ? parts[1] : takesNext && index + 1 < end ? words[index + 1] : nil
            if let value, ["--package", "-p", "--bin", "--manifest-path"].contains(parts[0]) {
                selection += " \(parts[0]) \(value)"
                name = parts[0] == "--manifest-path" ? packageName(value) : value
            }
            index += takesNext ? 2 : 1
        }
        // Cargo would put another workspace's programs into a folder of their own.
        if selection.contains("--manifest-path") { selection += " --target-dir target" }
        let count = end < words.endIndex ? end + 1 : end
        return (count, name ?? main, "cargo build --release\(selection)")
    }

    private var locked: String { service.build?.contains("--locked") == true ? " --locked" : "" }

    private func packageName(_ manifest: String) -> String {
        let line = input.text(manifest)?.split(separator: "\n").first {
            $0.replacing(" ", with: "").hasPrefix("name=\"")
        }
        let stated = line?.split(separator: "\"").dropFirst().first.map(String.init)
        return stated ?? manifest.parentDirectory.lastPathComponent
    }

    // MARK: Known tools

    /// Its version is that of the library (github.com/launchbadge/sqlx, sqlx-cli).
    private var sqlx: InstalledTool {
        let kinds = databases.isEmpty ? ["postgres"] : databases
        return InstalledTool(
            program: "sqlx",
            command:
                "cargo install sqlx-cli --version '~\(minor(of: "sqlx") ?? "0.8")' --locked --no-default-features"
                + " --features rustls,\(kinds.joined(separator: ","))")
    }

    /// It is linked to each database's own client library (diesel.rs/guides/getting-started).
    private var diesel: InstalledTool {
        let kinds = databases.isEmpty ? ["postgres"] : databases
        let build = ["postgres": "libpq-dev", "mysql": "libmariadb-dev-compat"]
        let run = ["postgres": "libpq5", "mysql": "libmariadb3"]
        return InstalledTool(
            program: "diesel",
            command:
                "cargo install diesel_cli --version '~\(minor(of: "diesel") ?? "2.2")' --locked --no-default-features"
                + " --features \(kinds.map { $0 == "sqlite" ? "sqlite-bundled" : $0 }.joined(separator: ","))"
                + " --root /tools",
            buildPackages: kinds.compactMap { build[$0] }, packages: kinds.compactMap { run[$0] })
    }

    private var databases: [String] {
        var names: [String] = []
        for kind in input.databases {
            let name = kind == .mariadb ? "mysql" : kind.rawValue
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// `0.8` of the version that Cargo.lock holds.
    private func minor(of package: String) -> String? {
        guard let text = input.text("Cargo.lock") ?? input.tree.text(input.contextPath("Cargo.lock")),
            let range = text.firstRange(of: "name = \"\(package)\"\nversion = \"")
        else { return nil }
        let numbers = text[range.upperBound...].prefix { $0 != "\"" }.split(separator: ".").prefix(2)
        return numbers.count == 2 ? numbers.joined(separator: ".") : nil
    }
}

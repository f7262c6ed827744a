// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayHost

/// One installation of PostgreSQL's server programs.
package struct PostgresBinaries: Equatable, Sendable {
    /// Absolute path of the folder that holds `initdb`, `postgres` and `psql`.
    package let folder: String
    /// Major version: a data folder works with this one only.
    package let major: Int

    package init(folder: String, major: Int) {
        self.folder = folder
        self.major = major
    }

    package func program(_ name: String) -> String { folder + "/" + name }

    /// Every complete installation, newest first.
    package static func all(runner: any CommandRunner, path: String = ExecutableSearch.path) async throws -> [Self] {
        var found: [Self] = []
        for folder in try await folders(runner: runner, path: path) {
            let programs = ["initdb", "postgres", "psql"].map { "\(folder)/\($0)" }
            guard programs.allSatisfy({ ExecutableSearch.find($0) != nil }) else { continue }
            let version = try await runner.run(Command(programs[1], ["--version"], deadline: .seconds(30)))
            // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
            let text = version.standardOutput.split(separator: ")", maxSplits: 1).last ?? ""
            guard version.succeeded, let major = RuntimeVersion(text)?.numbers.first else { continue }
            if !found.contains(where: { $0.folder == folder }) { found.append(Self(folder: folder, major: major)) }
        }
        return found.sorted { $0.major > $1.major }
    }

    /// Debian keeps every version in a folder of its own, outside PATH; links on PATH are resolved to it.
    private static func folders(runner: any CommandRunner, path: String) async throws -> [String] {
        var folders: [String] = []
        if let initdb = ExecutableSearch.find("initdb", path: path), let real = FileStore.canonical(initdb) {
            folders.append(String(real.dropLast("/initdb".count)))
        }
        for (parent, suffix) in [
            ("/usr/lib/postgresql", "/bin"), ("/opt/homebrew/opt", "/bin"), ("/usr/local/opt", "/bin"),
        ] {
            let names = (try? FileStore(root: parent).list()) ?? []
            let versions = names.filter { $0.first?.isNumber == true || $0.hasPrefix("postgresql") }
            folders += versions.map { "\(parent)/\($0)\(suffix)" }
        }
        if let config = ExecutableSearch.find("pg_config", path: path) {
            let answer = try await runner.run(Command(config, ["--bindir"], deadline: .seconds(30)))
            if answer.succeeded, answer.standardOutput.hasPrefix("/") { folders.append(answer.standardOutput) }
        }
        return folders
    }
}

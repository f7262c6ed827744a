// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Copies of databases in files and of folders.
struct FileBackup: Sendable {
    private static let deadline = Duration.seconds(3600)
    /// SQLite's own online copy, through Python's standard library: the database may be in use meanwhile.
    private static let copyScript = """
        import sqlite3, sys
        source = sqlite3.connect(sys.argv[1], timeout=60)
        target = sqlite3.connect(sys.argv[2], timeout=60)
        with target: source.backup(target)
        """
    private static let countScript = """
        import sqlite3, sys
        base = sqlite3.connect(sys.argv[1], timeout=60)
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "the integrity check failed"
        names = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
        for name in names:
            print(name + "|" + str(base.execute('SELECT count(*) FROM "' + name.replace('"', '""') + '"').fetchone()[0]))
        """

    let runner: any CommandRunner

    // MARK: SQLite

    func copyDatabase(_ source: String, to target: String) async throws {
        _ = try await python(Self.copyScript, [source, target])
    }

    /// Also checks the file's integrity.
    func rows(in database: String) async throws -> [String: Int] {
        var rows: [String: Int] = [:]
        for line in try await python(Self.countScript, [database]).split(separator: "\n") {
            guard let bar = line.lastIndex(of: "|") else { continue }
            rows[String(line[..<bar])] = Int(line[line.index(after: bar)...])
        }
        return rows
    }

    // MARK: Folders

    func pack(_ folder: String, into file: String) async throws {
        try await tar(["-czf", file, "-C", folder, "."])
    }

    func unpack(_ file: String, into folder: String) async throws {
        try FileStore(root: folder).makeDirectory()
        try await tar(["-xzf", file, "-C", folder])
    }

    /// Regular files below a folder.
    static func count(_ folder: String) -> Int {
        let files = FileStore(root: folder)
        func count(_ path: String) -> Int {
            ((try? files.list(path)) ?? []).reduce(0) { sum, name in
                let full = path == "." ? name : path + "/" + name
                return sum + (files.isDirectory(full) ? count(full) : 1)
            }
        }
        return count(".")
    }

    private func tar(_ arguments: [String]) async throws {
        let tar = try ExecutableSearch.require("tar")
        let result = try await runner.run(Command(tar, arguments, deadline: Self.deadline))
        // 1: a file changed while it was read, which is normal where people upload.
        guard result.succeeded || (result.end == .exited(1) && arguments.first == "-czf") else {
            throw SlipwayError(.backupFailed, "tar \(result.end)", hint: "df -h", details: result.lastLines(10))
        }
    }

    private func python(_ script: String, _ arguments: [String]) async throws -> String {
        let python = try ExecutableSearch.require("python3")
        let result = try await runner.run(
            Command(python, ["-I", "-c", script] + arguments, deadline: Self.deadline))
        guard result.succeeded else {
            throw SlipwayError(
                .backupFailed, "copying the database \(result.end)", hint: "df -h", details: result.lastLines(5))
        }
        return result.standardOutput
    }
}

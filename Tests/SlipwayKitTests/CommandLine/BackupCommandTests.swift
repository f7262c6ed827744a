// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Backups and secrets as a person uses them.
@Suite(.serialized, .enabled(if: Tools.has("python3", "tar"), "python3 and tar"))
struct BackupCommandTests {
    private static let configuration = """
        name: notes
        services:
          web:
            directory: .
            role: worker
            start: "echo token is $NOTES_TOKEN; exec sleep 600"
            writableDirectories: [uploads]
        """

    @Test func `a folder and a database in a file come back, and a damaged copy is noticed`() throws {
        let slipway = try Slipway(
            named: "notes", files: ["slipway.yml": Self.configuration, "uploads/a.txt": "first", "README.md": "notes"])
        defer { slipway.cleanUp() }
        let script = "import sqlite3; c = sqlite3.connect('notes.db'); c.execute('create table n (t)'); "
        try slipway.python(script + "c.executemany('insert into n values (?)', [(i,) for i in range(7)]); c.commit()")
        let created = try slipway.run("backup", "create", "--json")
        #expect(created.status == 0, "\(created.errors)")
        #expect(created.output.contains("\"provenAt\""))
        try slipway.write("changed", to: "uploads/a.txt")
        try slipway.python("import sqlite3; c = sqlite3.connect('notes.db'); c.execute('delete from n'); c.commit()")
        #expect(try slipway.run("backup", "restore").status == 64, "not without --yes")
        let restored = try slipway.run("backup", "restore", "--yes")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try slipway.text("uploads/a.txt") == "first")
        #expect(try slipway.text("uploads.replaced/a.txt") == "changed")
        try slipway.python(
            "import sqlite3; assert sqlite3.connect('notes.db').execute('select count(*) from n').fetchone() == (7,)")

        let id = try #require(created.output.firstMatch(of: /"id" : "([^"]+)"/)).output.1
        try slipway.write("not the archive", to: ".slipway/backups/\(id)/uploads.tar.gz")
        let broken = try slipway.run("backup", "verify")
        #expect(broken.status == 65 && broken.errors.contains("backup-failed"))
    }

    @Test func `the engine makes the backups that slipway.yml asks for, makes up a missed one, and shows a failure`()
        throws
    {
        let port = Int.random(in: 20_000..<30_000)
        let schedule = "\nbackup: {at: \"03:30\", daily: 3}\nedge: {metricsPort: \(port)}\n"
        let slipway = try Slipway(
            named: "notes", files: ["slipway.yml": Self.configuration + schedule, "uploads/a.txt": "first"])
        defer { slipway.cleanUp() }
        // The key of the secrets is nowhere but in the environment of who deploys.
        let key = ["SLIPWAY_SECRET_KEY": String(repeating: "5a", count: 32)]
        try slipway.write("opaque\n", to: "../value")
        #expect(
            try slipway.run("secret", "set", "NOTES_TOKEN", "--file", "../value", environment: key).status == 0)
        let deployed = try slipway.run("deploy", "--port", "0", environment: key)
        #expect(deployed.status == 0, "\(deployed.errors)")
        let first = try slipway.status { $0.contains("the last scheduled backup was proved") }
        #expect(first.contains("the next scheduled backup begins in") && first.contains("was restored and compared"))
        let metrics = try Web(address: "http://127.0.0.1:\(port)").get("/metrics").body
        #expect(metrics.contains("slipway_backup_runs_total 1\n") && metrics.contains("slipway_backup_failed 0\n"))
        #expect(try slipway.run("status", "--json").output.contains("\"lastSuccess\""))

        // Nobody was there at half past three; and somebody makes one by hand just then.
        #expect(try slipway.run("down").status == 0)
        try slipway.write(#"{"lastStart":86400,"runs":1,"failures":0}"#, to: ".slipway/backup.state")
        try slipway.python(
            "import fcntl, subprocess, sys; f = open('.slipway/backup.lock'); fcntl.flock(f, fcntl.LOCK_EX); "
                + "r = subprocess.run([sys.argv[1], 'backup', 'create'], capture_output=True, text=True); "
                + "assert r.returncode == 75 and 'already-running' in r.stderr, r.stderr", Slipway.executable.path)
        #expect(try slipway.run("resume", "--port", "0", environment: key).status == 0)
        _ = try slipway.status { $0.contains("the last scheduled backup was proved") }
        #expect(try slipway.run("backup", "list", "--json").output.matches(of: /"id"/).count <= 2)

        try slipway.write(
            Self.configuration + "\nbackup: {at: \"03:30\", to: /dev/null/nowhere}\nedge: {metricsPort: \(port)}\n",
            to: "slipway.yml")
        #expect(try slipway.run("deploy", environment: key).status == 0)
        #expect(try slipway.run("down").status == 0)
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent(".slipway/backup.state"))
        #expect(try slipway.run("resume", "--port", "0", environment: key).status == 0)
        let failed = try slipway.status { $0.contains("the scheduled backup failed") }
        #expect(failed.contains("error[") && !failed.contains("the last scheduled"), "\(failed)")
        let after = try Web(address: "http://127.0.0.1:\(port)").get("/metrics").body
        #expect(after.contains("slipway_backup_failed 1\n") && after.contains("slipway_backup_failures_total 1\n"))
    }

    @Test func `a secret reaches the process and no log, list, file or argument`() throws {
        let slipway = try Slipway(
            named: "notes", files: ["slipway.yml": Self.configuration, "value": "s3cr3t-value\n"])
        defer { slipway.cleanUp() }
        #expect(try slipway.run("secret", "set", "NOTES_TOKEN", "--file", "value").status == 0)
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("value"))
        let listed = try slipway.run("secret", "list")
        #expect(listed.output.contains("NOTES_TOKEN"))
        let deployed = try slipway.run("deploy", "--port", "0", "--json")
        #expect(deployed.status == 0, "\(deployed.errors)")
        let logs = try slipway.run("logs")
        #expect(logs.output.contains("token is [redacted]"))
        let status = try slipway.run("status", "--json")
        for text in [listed.output, deployed.output, deployed.errors, logs.output, status.output] {
            #expect(!text.contains("s3cr3t-value"))
        }
        let files = FileManager.default.enumerator(at: slipway.folder, includingPropertiesForKeys: nil)
        for case let file as URL in files?.allObjects ?? [] {
            guard let data = try? Data(contentsOf: file) else { continue }
            #expect(data.range(of: Data("s3cr3t-value".utf8)) == nil, "\(file.path)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(name) != nil {
            let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            #expect(line.range(of: Data("s3cr3t-value".utf8)) == nil)
        }
        let again = try slipway.run("deploy")
        #expect(again.output.contains("nothing to deploy"))

        // The same from a program that is asked, and another answer makes another release.
        #expect(try slipway.run("secret", "rm", "NOTES_TOKEN").status == 0)
        try slipway.write(
            Self.configuration + "\nvariables:\n  NOTES_TOKEN: {command: 'printf s3cr3t-value'}\n", to: "slipway.yml")
        let asked = try slipway.run("deploy", "--watch", "0", "--json")
        #expect(asked.status == 0, "\(asked.errors)")
        try slipway.write(
            Self.configuration + "\nvariables:\n  NOTES_TOKEN: {command: 'printf n3w-value'}\n", to: "slipway.yml")
        let rotated = try slipway.run("deploy", "--watch", "0")
        #expect(rotated.status == 0 && !rotated.output.contains("nothing to deploy"), "\(rotated.errors)")
        for text in [asked.output, asked.errors, try slipway.run("logs").output] {
            #expect(!text.contains("s3cr3t-value") && !text.contains("n3w-value"))
        }
    }
}

extension Slipway {
    func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    /// Polls until the status says it.
    func status(where condition: (String) -> Bool) throws -> String {
        let deadline = Date(timeIntervalSinceNow: 30)
        var seen = ""
        while Date() < deadline {
            seen = try run("status").output
            if condition(seen) { return seen }
            usleep(100_000)
        }
        Issue.record("still \(seen)")
        return seen
    }

    func python(_ script: String, _ arguments: String...) throws {
        let result = try Background.run("/usr/bin/env", ["python3", "-c", script] + arguments, in: folder)
        #expect(result.status == 0, "\(result.errors)")
    }
}

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

    func python(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

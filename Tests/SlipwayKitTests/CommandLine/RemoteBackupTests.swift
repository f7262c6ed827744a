// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Backups on other machines, each a real server on loopback.
@Suite(.serialized, .enabled(if: Tools.has("python3", "tar"), "python3 and tar"))
struct RemoteBackupTests {
    private static let configuration = """
        name: notes
        services:
          web:
            directory: .
            role: worker
            start: "exec sleep 600"
            writableDirectories: [uploads]
        """

    @Test(.enabled(if: SSHServer.isPossible, SSHServer.reason))
    func `a folder of another machine keeps backups`() throws {
        let server = try SSHServer()
        defer { server.end() }
        let folder = server.folder.appendingPathComponent("kept here/é").path
        try keepBackups(at: "ssh://\(server.address)\(folder)", environment: server.environment)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        let backup = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        let rights = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(backup)")[.posixPermissions]
        #expect(rights as? Int == 0o700)
    }

    @Test(.enabled(if: S3Server.isPossible, S3Server.reason))
    func `a bucket keeps backups, and no output shows its key`() throws {
        let server = try S3Server(bucket: "shop-backups")
        defer { server.end() }
        try keepBackups(at: "s3://shop-backups/daily/notes é", environment: server.environment)
        #expect(try server.keys().count { $0.hasSuffix("/manifest.json") } == 1)
    }

    /// Two backups are made, listed, proved and put back; a damaged one is noticed, and the older one goes.
    private func keepBackups(at place: String, environment: [String: String]) throws {
        let slipway = try Slipway(
            named: "notes", files: ["slipway.yml": Self.configuration, "uploads/a b.txt": "first"])
        defer { slipway.cleanUp() }
        func backup(_ words: String...) throws -> Background.Result {
            let result = try slipway.runAll(["backup"] + words + ["--to", place], environment: environment)
            for value in environment where value.key.contains("SECRET") {
                #expect(!result.output.contains(value.value) && !result.errors.contains(value.value))
            }
            return result
        }
        try slipway.python(
            "import sqlite3; c = sqlite3.connect('notes.db'); c.execute('create table n (t)'); "
                + "c.executemany('insert into n values (?)', [(i,) for i in range(7)]); c.commit()")
        let first = try backup("create", "--json")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("\"provenAt\""))
        try slipway.write("second", to: "uploads/a b.txt")
        let second = try backup("create", "--json")
        #expect(second.status == 0, "\(second.errors)")
        let ids = try [first, second].map { try #require($0.output.firstMatch(of: /"id" : "([^"]+)"/)).output.1 }
        let listed = try backup("list")
        for id in ids { #expect(listed.output.contains(id), "\(listed)") }
        let verified = try backup("verify", "--id", String(ids[0]))
        #expect(verified.status == 0, "\(verified.errors)")

        // A machine that has lost everything.
        for lost in ["uploads", "notes.db", ".slipway"] {
            try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent(lost))
        }
        let restored = try backup("restore", "--yes")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try slipway.text("uploads/a b.txt") == "second")
        try slipway.python(
            "import sqlite3; assert sqlite3.connect('notes.db').execute('select count(*) from n').fetchone() == (7,)")
        #expect(try backup("restore", "--yes", "--id", String(ids[0])).status == 0)
        #expect(try slipway.text("uploads/a b.txt") == "first")

        #expect(try backup("restore", "--yes", "--id", "no-such-backup").status == 65)
        let pruned = try backup("prune", "--daily", "1", "--monthly", "0")
        #expect(pruned.status == 0, "\(pruned.errors)")
        let left = try backup("list").output
        #expect(!left.contains(ids[0]) && left.contains(ids[1]), "\(left)")
    }
}

/// A server on loopback that speaks S3: moto's, which scripts/validators installs.
final class S3Server {
    static let reason: Comment = "a server that speaks S3: PATH=\"$(scripts/validators):$PATH\""
    static let isPossible = Tools.has("moto_server", "curl")

    private let process: Int32
    private let bucket: String
    private let endpoint: String
    let environment: [String: String]

    init(bucket: String) throws {
        let port = try Background.freePort()
        process = try Background.start(["moto_server", "-H", "127.0.0.1", "-p", "\(port)"])
        self.bucket = bucket
        endpoint = "http://127.0.0.1:\(port)"
        environment = [
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "keeper",
            "AWS_SECRET_ACCESS_KEY": "hush-\(UUID().uuidString)", "AWS_REGION": "us-east-1",
        ]
        try Background.waitForPort(port)
        try Background.shell("curl --silent --fail --max-time 20 -X PUT \(endpoint)/\(bucket)")
    }

    func keys() throws -> [String] {
        try Background.shell("curl --silent --fail --max-time 20 '\(endpoint)/\(bucket)?list-type=2'")
            .matches(of: /<Key>([^<]+)<\/Key>/).map { String($0.output.1) }
    }

    func end() { Background.end(process) }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayDeploy

struct ReleaseStoreTests {
    private func record(_ number: Int, _ outcome: ReleaseRecord.Outcome = .live) -> ReleaseRecord {
        ReleaseRecord(number: number, kind: .deploy, outcome: outcome, by: "ada@host", startedAt: 0)
    }

    private func release(_ number: Int) -> Release {
        Release(
            number: number, application: AppSpec(name: "app"), sourceHash: "", specHash: "", variablesHash: "",
            createdAt: 0, createdBy: "ada@host")
    }

    @Test func `five releases are kept, and the running one whatever its age`() throws {
        let folder = try TemporaryFolder()
        let store = ReleaseStore(StatePaths(root: folder.path))
        for number in 1...8 {
            try store.write(release(number))
            try store.append(record(number))
        }
        _ = try store.prune(needed: [2])
        #expect(store.all().map(\.number) == [2, 5, 6, 7, 8])
        #expect(store.nextNumber() == 9)
    }

    @Test func `what was proved belongs to that very source`() throws {
        let folder = try TemporaryFolder()
        func tree(_ text: String) -> SourceTree { SourceTree(files: ["app.py": text]) }
        let verdicts: [Proof.Verdict] = [.pass, .pass, .fail, .skip]
        let report = ProofReport(
            application: "app", commit: nil, engine: "", startedAt: "", durationSeconds: 0,
            proofs: verdicts.map { Proof(code: "PR001", claim: "", value: "", verdict: $0) }, images: [], timeline: [],
            parts: [])
        #expect(ReleaseProofs.kept(for: ReleaseHash.source(tree("one")), in: folder.path) == nil)
        try ReleaseProofs.keep(report, of: tree("one"), in: folder.path)
        let kept = try #require(ReleaseProofs.kept(for: ReleaseHash.source(tree("one")), in: folder.path))
        #expect([kept.passed, kept.failed, kept.skipped] == [2, 1, 1])
        #expect(ReleaseProofs.kept(for: ReleaseHash.source(tree("two")), in: folder.path) == nil)
        try FileStore(root: folder.path).write("{", to: ".slipway/proofs.json")
        #expect(ReleaseProofs.kept(for: kept.sourceHash, in: folder.path) == nil)
    }

    @Test func `a damaged history loses its damaged lines alone, and numbers are never used again`() throws {
        let folder = try TemporaryFolder()
        let paths = StatePaths(root: folder.path)
        let store = ReleaseStore(paths)
        for number in 1...3 { try store.append(record(number)) }
        let files = FileStore(root: paths.releases)
        let text = try files.text("history.log").replacing("\"number\":2", with: "\"number\":7")
        try files.write(text.dropLast(9) + "", to: "history.log")
        #expect(store.records().map(\.number) == [1])
        try store.write(release(4))
        #expect(store.lastLive() == 4, "the kept releases tell what the history has lost")
        try store.append(record(5))
        #expect(store.records().map(\.number) == [1, 5])
        #expect(store.nextNumber() == 6)
    }

    @Test func `one command at a time changes releases, and each has a larger token`() throws {
        let folder = try TemporaryFolder()
        let paths = StatePaths(root: folder.path)
        let first = try DeployLease.acquire(paths, owner: "ada@host", command: "deploy")
        #expect(throws: SlipwayError.self) {
            _ = try DeployLease.acquire(paths, owner: "bob@host", command: "rollback")
        }
        try first.renew()
        first.release()
        let second = try DeployLease.acquire(paths, owner: "bob@host", command: "rollback")
        #expect(second.token == first.token + 1)
        #expect(throws: SlipwayError.self) { try first.renew() }
    }

    @Test(arguments: [
        ("sqlite:///./app.db", "app.db"), ("sqlite+aiosqlite:///data/app.db", "data/app.db"),
        ("file:./dev.db?mode=rwc", "dev.db"), ("sqlite:////var/app.db", nil), ("sqlite://", nil),
        ("sqlite:///:memory:", nil), ("postgresql:///app", nil), ("sqlite:///../app.db", nil),
    ])
    func `a database in a file is found by its address`(value: String, expected: String?) {
        #expect(SourceSnapshot.databasePath(value) == expected)
    }

    @Test func `a copy of the source keeps what must survive where it is`() throws {
        let folder = try TemporaryFolder()
        let files = FileStore(root: folder.path)
        for (path, text) in ["app.py": "one", "uploads/a.txt": "data", "run.sh": "#!/bin/sh"] {
            if path.contains("/") { try files.makeDirectory("uploads") }
            try files.write(text, to: path, mode: path == "run.sh" ? 0o755 : 0o644)
        }
        var web = Service(name: "web", directory: ".", role: .backend, start: "./run.sh")
        web.writableDirectories = ["uploads"]
        let tree = try TreeReader.read(folder.path)
        try files.makeDirectory("copy/1")
        try SourceSnapshot(
            application: AppSpec(name: "app", services: [web]), tree: tree, directory: folder.path,
            values: ["sqlite:///app.db"]
        ).write(to: folder.path + "/copy/1/source")
        try files.write("two", to: "app.py")
        try files.write("more", to: "uploads/b.txt")
        let copy = FileStore(root: folder.path + "/copy/1/source")
        #expect(try copy.text("app.py") == "one")
        #expect(Ownership.target(of: copy.root + "/uploads") == folder.path + "/uploads")
        #expect(Ownership.target(of: copy.root + "/app.db") == folder.path + "/app.db")
        #expect(Ownership.of(copy.root + "/run.sh")?.mode ?? 0 & 0o111 != 0)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `slipway write` on disks that refuse, and with names that other formats trip over.
@Suite(.serialized) struct DiskTests {
    private static let files = [
        "requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    ]
    /// A file system of one's own in a private mount namespace; containers without CAP_SYS_ADMIN have none.
    private static let canMount: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Runs a script of the shell in a mount namespace, with the application's files in a small file system at `$DISK`.
    private func onDisk(size: String, _ script: String) throws -> (status: Int32, text: String) {
        let slipway = try Slipway(named: "app", files: Self.files)
        defer { slipway.cleanUp() }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "unshare", "-m", "bash", "-c",
            """
            set -u
            disk="$APP-disk"; mkdir "$disk"; mount -t tmpfs -o size=\(size) none "$disk"; cp "$APP"/* "$disk"; cd "$disk"
            \(script)
            """,
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "APP": slipway.folder.path, "SLIPWAY": Slipway.executable.path,
        ]) { $1 }
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test(.enabled(if: canMount, "needs root and mount namespaces"))
    func `a disk that is full in the middle leaves no half-written file, and the next run completes`() throws {
        let result = try onDisk(
            size: "96k",
            """
            "$SLIPWAY" write; echo "first $?"
            find . -type f -not -path './.slipway/*' -exec sha1sum {} + >"$APP-before"
            mount -o remount,size=10m .
            "$SLIPWAY" write >/dev/null; echo "second $?"
            sha1sum --check --quiet "$APP-before" || echo half-written
            "$SLIPWAY" write --check >/dev/null; echo "third $?"
            find . -type f | grep -v -E 'Dockerfile|docker|env|\\.(py|txt|md|sh|svg|json)$|/\\.slipway/\\.git' && echo left-over
            """)
        #expect(result.text.contains("error[disk-full]"), "\(result.text)")
        #expect(!result.text.contains("first 0"), "\(result.text)")
        #expect(!result.text.contains("half-written") && !result.text.contains("left-over"), "\(result.text)")
        #expect(result.text.contains("second 0") && result.text.contains("third 0"), "\(result.text)")
    }

    @Test(.enabled(if: canMount, "needs root and mount namespaces"))
    func `a folder that cannot be written is named, and nothing changes`() throws {
        let result = try onDisk(
            size: "10m",
            """
            mount -o remount,ro .
            "$SLIPWAY" write; echo "status $?"
            "$SLIPWAY" write --check >/dev/null; echo "check $?"
            ls -A
            """)
        #expect(result.text.contains("error[write-failed]"), "\(result.text)")
        #expect(!result.text.contains("status 0") && result.text.contains("check 65"), "\(result.text)")
        #expect(result.text.hasSuffix("main.py\nrequirements.txt\n"), "\(result.text)")
    }

    @Test func `a link that leads out of the repository is never followed, nor a linked folder`() throws {
        let slipway = try Slipway(named: "app", files: Self.files)
        defer { slipway.cleanUp() }
        let outside = slipway.folder.deletingLastPathComponent().appendingPathComponent("outside")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: slipway.folder.appendingPathComponent("scripts"), withDestinationURL: outside)
        let result = try slipway.run("write")
        #expect(result.status == 65, "\(result.output)\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
    }

    @Test(arguments: [
        ("services: {\"my \\\"s\\\" $x\": {start: uvicorn main:app}}", "write: my-s-x"),
        ("services: {API_1: {start: uvicorn main:app}}", "a name has lower-case letters"),
        ("services: {api: {start: uvicorn main:app, port: 70000}}", "a port from 1 to 65535"),
        ("services: {api: {start: uvicorn main:app, port: 0}}", "a port from 1 to 65535"),
    ])
    func `what no platform takes is refused before anything is written`(_ text: String, _ message: String) throws {
        let slipway = try Slipway(named: "app", files: Self.files.merging(["slipway.yml": text + "\n"]) { $1 })
        defer { slipway.cleanUp() }
        let result = try slipway.run("write")
        #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: slipway.folder.appendingPathComponent("Dockerfile").path))
    }

    @Test(arguments: ["null", "on", "default", "con", "true", "y", "1", "web", "migrate", "application"])
    func `a service that is called like a word of some format is a service like any other`(_ name: String) throws {
        let yaml = "services: {\"\(name)\": {directory: worker, start: python worker.py}}\n"
        let slipway = try Slipway(
            named: "it's a \"test\" of $HOME & é",
            files: Self.files.merging(["slipway.yml": yaml, "worker/worker.py": "print(1)\n"]) { $1 })
        defer { slipway.cleanUp() }
        let written = try slipway.run(
            "write", "--target", "docker,swarm,kubernetes,fly,render,railway,heroku,vps,github,gitlab,observability")
        #expect(written.status == 0, "\(written.errors)")
        let checked = try slipway.run("check")
        #expect(!checked.output.contains(" error["), "\(checked.output)")
        #expect(try slipway.run("write", "--check").status == 0)
    }
}

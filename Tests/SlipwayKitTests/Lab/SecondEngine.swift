// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Another engine on this machine with nothing in it, reached over a real ssh server on loopback.
final class SecondEngine {
    static let reason: Comment = "a second engine needs root, dockerd and sshd: apt-get install openssh-server"
    static let isPossible = getuid() == 0 && Tools.has("dockerd", "ssh-keygen", "ssh") && sshServer != nil

    private static let sshServer = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let address: String
    private let folder: URL
    private let processes: [Int32]
    var socket: String { "unix://\(folder.path)/docker.sock" }

    /// Puts a `ssh` first on the path that knows this server's key and no other.
    var environment: [String: String] {
        ["PATH": "\(folder.path)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "")"]
    }

    /// - Parameter disk: Megabytes of a disk of its own; `nil` for the machine's.
    init(disk: Int? = nil) throws {
        // Sockets have short names.
        folder = URL(fileURLWithPath: "/tmp/slipway-engine-\(UInt32.random(in: 0...99_999_999))")
        let port = try Self.freePort()
        address = "root@127.0.0.1:\(port)"
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("bin"), withIntermediateDirectories: true)
        try Self.shell("ssh-keygen -q -t ed25519 -N '' -f \(folder.path)/key && chmod 700 \(folder.path)")
        try Self.shell("cp \(folder.path)/key.pub \(folder.path)/authorized && mkdir -p /run/sshd")
        if let disk {
            try Self.shell("mkdir \(folder.path)/data && mount -t tmpfs -o size=\(disk)m none \(folder.path)/data")
        }
        let program = try Self.shell("command -v docker")
        try """
        Port \(port)
        ListenAddress 127.0.0.1
        HostKey \(folder.path)/key
        AuthorizedKeysFile \(folder.path)/authorized
        StrictModes no
        UsePAM no
        PidFile none
        SetEnv DOCKER_HOST=unix://\(folder.path)/docker.sock PATH=\((program as NSString).deletingLastPathComponent):/usr/bin:/bin
        """.write(to: folder.appendingPathComponent("sshd.conf"), atomically: true, encoding: .utf8)
        let client = """
            #!/bin/sh
            exec /usr/bin/ssh -i \(folder.path)/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
            -o LogLevel=ERROR -F none "$@"
            """
        try client.write(to: folder.appendingPathComponent("bin/ssh"), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.appendingPathComponent("bin/ssh").path)
        let state = folder.path
        processes = [
            try Self.start(
                ["dockerd", "--data-root", "\(state)/data", "--exec-root", "\(state)/run", "--pidfile", "\(state)/pid"]
                    + ["--host", "unix://\(state)/docker.sock", "--bridge", "none", "--iptables=false"]
                    + ["--ip-forward=false"]),
            try Self.start([Self.sshServer ?? "sshd", "-D", "-e", "-f", "\(state)/sshd.conf"]),
        ]
        let deadline = Date(timeIntervalSinceNow: 30)
        while try docker("version", "--format", "{{.Server.Version}}").isEmpty, Date() < deadline {
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    /// - Parameter disk: Megabytes that its own disk has from now on.
    func enlarge(disk: Int) throws { try Self.shell("mount -o remount,size=\(disk)m \(folder.path)/data") }

    func docker(_ arguments: String...) throws -> String {
        let words = ["docker", "--host", socket] + arguments
        return try Self.shell(words.map { "'\($0)'" }.joined(separator: " ") + " 2>/dev/null || true")
    }

    func end() {
        for process in processes {
            kill(process, SIGTERM)
            let deadline = Date(timeIntervalSinceNow: 20)
            while kill(process, 0) == 0, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
            kill(process, SIGKILL)
        }
        _ = try? Self.shell("umount -l \(folder.path)/data 2>/dev/null || true")
        try? FileManager.default.removeItem(at: folder)
    }

    /// Started with no descriptor of ours: one that lives on in a service keeps Foundation from seeing the ends of others.
    static func start(_ words: [String]) throws -> Int32 {
        let script = """
            import subprocess, sys
            none = subprocess.DEVNULL
            print(subprocess.Popen(sys.argv[1:], stdin=none, stdout=none, stderr=none, start_new_session=True).pid)
            """
        let text = try shell((["python3", "-c", script] + words).map { "'\($0)'" }.joined(separator: " "))
        return try #require(Int32(text))
    }

    @discardableResult
    static func shell(_ text: String) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", text]
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func freePort() throws -> Int {
        let text = try shell(
            "python3 -c \"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])\"")
        return try #require(Int(text))
    }
}

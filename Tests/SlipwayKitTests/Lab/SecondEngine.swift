// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Another engine on this machine with nothing in it, reached over a real ssh server on loopback.
final class SecondEngine {
    static let reason: Comment = "a second engine needs root, dockerd and sshd: apt-get install openssh-server"
    static let isPossible = SSHServer.isPossible && Tools.has("dockerd")

    private let server: SSHServer
    private let process: Int32
    private var folder: String { server.folder.path }
    var address: String { server.address }
    var environment: [String: String] { server.environment }
    var socket: String { "unix://\(folder)/docker.sock" }

    /// - Parameter disk: Megabytes of a disk of its own; `nil` for the machine's.
    init(disk: Int? = nil) throws {
        server = try SSHServer { folder in
            let program = try Background.shell("command -v docker")
            return [
                "DOCKER_HOST": "unix://\(folder.path)/docker.sock",
                "PATH": "\((program as NSString).deletingLastPathComponent):/usr/bin:/bin",
            ]
        }
        let state = server.folder.path
        if let disk {
            try Background.shell("mkdir \(state)/data && mount -t tmpfs -o size=\(disk)m none \(state)/data")
        }
        process = try Background.start(
            ["dockerd", "--data-root", "\(state)/data", "--exec-root", "\(state)/run", "--pidfile", "\(state)/pid"]
                + ["--host", "unix://\(state)/docker.sock", "--bridge", "none", "--iptables=false"]
                + ["--ip-forward=false"])
        let deadline = Date(timeIntervalSinceNow: 30)
        while try docker("version", "--format", "{{.Server.Version}}").isEmpty, Date() < deadline {
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    /// - Parameter disk: Megabytes that its own disk has from now on.
    func enlarge(disk: Int) throws { try Background.shell("mount -o remount,size=\(disk)m \(folder)/data") }

    func docker(_ arguments: String...) throws -> String {
        let words = ["docker", "--host", socket] + arguments
        return try Background.shell(words.map { "'\($0)'" }.joined(separator: " ") + " 2>/dev/null || true")
    }

    func end() {
        Background.end(process)
        _ = try? Background.shell("umount -l \(folder)/data 2>/dev/null || true")
        server.end()
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A real ssh server on loopback, and clients that know its key and no other.
final class SSHServer {
    static let reason: Comment = "an ssh server needs root and sshd: apt-get install openssh-server"
    static let isPossible = getuid() == 0 && Tools.has("ssh-keygen", "ssh", "scp") && program != nil

    private static let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// As a person types it, with the port.
    let address: String
    /// Of the server's own files; sockets in it have short names.
    let folder: URL
    private let process: Int32

    /// Puts these clients first on the path.
    var environment: [String: String] {
        ["PATH": "\(folder.path)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "")"]
    }

    /// - Parameter variables: What commands find in their environment there, given the server's folder.
    init(variables: (URL) throws -> [String: String] = { _ in [:] }) throws {
        folder = URL(fileURLWithPath: "/tmp/slipway-ssh-\(UInt32.random(in: 0...99_999_999))")
        let port = try Background.freePort()
        address = "root@127.0.0.1:\(port)"
        let clients = folder.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: clients, withIntermediateDirectories: true)
        try Background.shell("ssh-keygen -q -t ed25519 -N '' -f \(folder.path)/key && chmod 700 \(folder.path)")
        try Background.shell("cp \(folder.path)/key.pub \(folder.path)/authorized && mkdir -p /run/sshd")
        let set = try variables(folder).map { " \($0.key)=\($0.value)" }.joined()
        try """
        Port \(port)
        ListenAddress 127.0.0.1
        HostKey \(folder.path)/key
        AuthorizedKeysFile \(folder.path)/authorized
        StrictModes no
        UsePAM no
        PidFile none
        Subsystem sftp internal-sftp
        \(set.isEmpty ? "" : "SetEnv" + set)
        """.write(to: folder.appendingPathComponent("sshd.conf"), atomically: true, encoding: .utf8)
        for name in ["ssh", "scp"] {
            let client = """
                #!/bin/sh
                exec /usr/bin/\(name) -i \(folder.path)/key -o StrictHostKeyChecking=no \
                -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -F none "$@"
                """
            let file = clients.appendingPathComponent(name)
            try client.write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        process = try Background.start([Self.program ?? "sshd", "-D", "-e", "-f", "\(folder.path)/sshd.conf"])
        try Background.waitForPort(port)
    }

    func end() {
        Background.end(process)
        try? FileManager.default.removeItem(at: folder)
    }
}

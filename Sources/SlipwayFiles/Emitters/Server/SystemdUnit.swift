// SPDX-License-Identifier: Apache-2.0

/// A systemd unit file: sections with settings in their order (systemd.syntax(7)).
struct SystemdUnit {
    var comment: String
    var sections: [(name: String, settings: [(String, String)])]

    var text: String {
        let head = comment.split(separator: "\n").map { "# \($0)\n" }.joined()
        return head
            + sections.map { section in
                "\n[\(section.name)]\n" + section.settings.map { "\($0.0)=\($0.1)\n" }.joined()
            }.joined()
    }

    /// What no service of ours needs (systemd.exec(5)); programs that compile while they run (Node, PHP) need memory
    /// that is written and executed, so MemoryDenyWriteExecute is not among them.
    static let hardening: [(String, String)] = [
        ("NoNewPrivileges", "yes"), ("CapabilityBoundingSet", ""), ("AmbientCapabilities", ""),
        ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("PrivateTmp", "yes"), ("PrivateDevices", "yes"),
        ("ProtectKernelTunables", "yes"), ("ProtectKernelModules", "yes"), ("ProtectKernelLogs", "yes"),
        ("ProtectControlGroups", "yes"), ("ProtectClock", "yes"), ("ProtectHostname", "yes"),
        ("ProtectProc", "invisible"), ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"),
        ("RestrictNamespaces", "yes"), ("RestrictRealtime", "yes"), ("RestrictSUIDSGID", "yes"),
        ("LockPersonality", "yes"), ("RemoveIPC", "yes"), ("SystemCallArchitectures", "native"),
        ("SystemCallFilter", "@system-service"), ("SystemCallFilter", "~@privileged"),
        ("SystemCallErrorNumber", "EPERM"), ("UMask", "0077"), ("PrivateUsers", "yes"),
    ]
}

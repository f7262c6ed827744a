// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Every hole of the application is one of the machine.
    static let unitAsRoot = Rule(
        "AP209", .warning, "a systemd unit runs the application as root",
        why: "Whoever gets into the application owns the machine: systemd runs a service as root unless User says "
            + "otherwise.",
        catches: [
            ["deploy/web.service": "[Service]\nExecStart=/opt/web/server\nUser=root\n"],
            ["web.service": "[Unit]\nDescription=Web\n[Service]\nExecStart=/opt/web/venv/bin/gunicorn a:app\n"],
        ],
        passes: [
            ["web.service": "[Service]\nExecStart=/opt/web/server\nUser=web\n"],
            ["web.service": "[Service]\nExecStart=/opt/web/server\nDynamicUser=yes\n"],
            ["web.service": "[Service]\nExecStart=/usr/bin/docker compose up\nUser=root\n"],
            ["web.service": "[Service]\nType=oneshot\nExecStart=/opt/web/backup.sh\n"],
            [
                ".config/systemd/user/web.service":
                    "[Service]\nExecStart=/opt/web/server\n[Install]\nWantedBy=default.target\n"
            ],
        ]
    ) { repository in
        repository.units.compactMap { unit in
            guard unit.location.hasSuffix(".service"), !DevelopmentPath.isLikely(unit.location) else { return nil }
            let lines = unit.textLines.map(\.trimmed)
            func value(_ key: String) -> (text: String, line: Int)? {
                lines.firstIndex { $0.hasPrefix(key + "=") }.map {
                    (String(lines[$0].dropFirst(key.count + 1)), $0 + 1)
                }
            }
            guard let start = value("ExecStart"), value("Type")?.text != "oneshot", value("DynamicUser") == nil,
                value("WantedBy")?.text != "default.target", !unit.location.contains("user/"),
                !["docker", "podman", "systemctl", "nginx", "caddy", "tunnel"].contains(where: start.text.contains)
            else { return nil }
            let user = value("User")
            guard user == nil || user?.text == "root" else { return nil }
            return Violation(
                file: unit.location, line: user?.line ?? start.line,
                "runs as root; make an account for it and write: User=ACCOUNT")
        }
    }
}

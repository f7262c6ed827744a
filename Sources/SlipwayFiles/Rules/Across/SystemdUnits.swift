// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Every hole of the application is one of the machine.
    static let unitAsRoot = Rule(
        "AP209", .warning, "a systemd unit or pm2 runs the application as root",
        why: "Whoever gets into the application owns the machine: systemd runs a service as root unless User says "
            + "otherwise, and pm2 as whoever starts it.",
        catches: [
            ["deploy/web.service": "[Service]\nExecStart=/opt/web/server\nUser=root\n"],
            ["web.service": "[Unit]\nDescription=Web\n[Service]\nExecStart=/opt/web/venv/bin/gunicorn a:app\n"],
            [
                "deploy/setup.sh":
                    "#!/bin/bash\nset -e\nif [ \"$EUID\" -ne 0 ]; then\n  exit 1\nfi\npm2 start ecosystem.config.js\n"
            ],
        ],
        passes: [
            ["web.service": "[Service]\nExecStart=/opt/web/server\nUser=web\n"],
            [
                "deploy/setup.sh":
                    "#!/bin/bash\nset -e\nif [ \"$EUID\" -ne 0 ]; then\n  exit 1\nfi\nsudo -u web pm2 start ecosystem.config.js\n"
            ],
            ["web.service": "[Service]\nExecStart=/opt/web/server\nDynamicUser=yes\n"],
            ["web.service": "[Service]\nExecStart=/usr/bin/docker compose up\nUser=root\n"],
            ["web.service": "[Service]\nType=oneshot\nExecStart=/opt/web/backup.sh\n"],
            [
                ".config/systemd/user/web.service":
                    "[Service]\nExecStart=/opt/web/server\n[Install]\nWantedBy=default.target\n"
            ],
        ]
    ) { repository in
        let services = repository.units.compactMap { unit -> Violation? in
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
        return services + managersOfRoot(repository)
    }

    /// Scripts that insist on root, and start pm2 as whoever they are.
    private static func managersOfRoot(_ repository: CheckedRepository) -> [Violation] {
        repository.scripts.compactMap { script -> Violation? in
            guard !script.isForDevelopment, script.text.contains("pm2"), insistsOnRoot(script.document.text),
                let start = script.document.commands.first(where: { command in
                    let words = command.words.map(\.text)
                    return words.first == "pm2"
                        && words.dropFirst().first.map { ["start", "startOrRestart", "startOrReload"].contains($0) }
                            == true
                })
            else { return nil }
            return Violation(
                file: script.location, line: script.violation(at: start, "").line,
                "pm2 and the application run as root; make an account for it and write: sudo -u ACCOUNT pm2 start ...")
        }
    }

    /// `if [ "$EUID" -ne 0 ]; then ... exit 1`
    private static func insistsOnRoot(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains { index in
            let line = lines[index]
            guard line.contains("EUID") || line.contains("id -u"),
                line.contains("-ne 0") || line.contains("!= \"0\"")
                    || line.contains("-eq 0") && line.contains("||") || line.contains("== 0") && line.contains("||")
            else { return false }
            return lines[index..<min(lines.count, index + 5)].contains { $0.contains("exit ") || $0.contains("die ") }
        }
    }
}

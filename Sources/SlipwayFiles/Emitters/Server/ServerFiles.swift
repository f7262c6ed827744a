// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Units, site and rotation of one application on a machine with systemd.
struct ServerFiles {
    let layout: Layout

    /// A name of our own, so that an application called `ssh` replaces nothing.
    var unit: String { "slipway-\(layout.name)" }
    /// Who runs it.
    var account: String { ShortName.of(layout.name, limit: ShortName.account) }
    var home: String { "/srv/\(layout.name)" }
    /// Where the embedded engine runs the source; its database and builds stay there from release to release.
    var folder: String { "\(home)/engine" }
    var values: String { "/etc/\(layout.name)/production.env" }
    private var backups: String { "/var/backups/\(layout.name)" }
    /// Where the door listens on the machine itself; the site in front has the public ports.
    var port: Int { PublishedPorts(layout, gateway: Gateway(layout)).door?.port ?? 8080 }

    /// Takes an address before the port as well.
    var doorVariable: String { PublishedPorts(layout, gateway: Gateway(layout)).door?.variable ?? "HTTP_PORT" }

    var hasBackup: Bool { !layout.dumpable.isEmpty || !layout.keepers.isEmpty }

    var files: [GeneratedFile] {
        var files = [
            file("\(unit).service", engine.text), file("\(unit)-compose.service", compose.text),
            file("nginx-site.conf", site), file("logrotate.conf", rotation),
        ]
        if hasBackup {
            files.append(file("\(unit)-backup.service", backup.text))
            files.append(file("\(unit)-backup.timer", timer("Compose").text))
            files.append(file("\(unit)-engine-backup.service", engineBackup.text))
            files.append(file("\(unit)-engine-backup.timer", timer("the embedded engine").text))
        }
        return files
    }

    private func file(_ name: String, _ contents: String) -> GeneratedFile {
        GeneratedFile(path: "deploy/vps/\(name)", contents: contents)
    }

    private var engine: SystemdUnit {
        SystemdUnit(
            comment: "\(layout.name) under Slipway's embedded engine: no container engine, no root.\n"
                + "Use this unit or \(unit)-compose.service, never both.",
            sections: [
                (
                    "Unit",
                    [
                        ("Description", "\(layout.name) under Slipway"),
                        ("Documentation", "file:\(folder)/DEPLOYMENT.md"),
                        ("After", "network-online.target"), ("Wants", "network-online.target"),
                        ("Conflicts", "\(unit)-compose.service"), ("StartLimitIntervalSec", "300"),
                        ("StartLimitBurst", "5"),
                    ]
                ),
                (
                    "Service",
                    [
                        ("Type", "exec"), ("User", account), ("Group", account),
                        ("WorkingDirectory", "\(folder)"), ("EnvironmentFile", values),
                        ("Environment", SystemdText.assignment("HOME", home)),
                        ("Environment", SystemdText.assignment("XDG_RUNTIME_DIR", "/run/\(unit)")),
                        ("RuntimeDirectory", unit), ("RuntimeDirectoryMode", "0700"),
                        ("ExecStart", "/usr/local/bin/slipway up \(folder) --port \(port)"),
                        ("Restart", "on-failure"), ("RestartSec", "5s"), ("KillMode", "mixed"),
                        ("TimeoutStopSec", "60s"), ("LimitNOFILE", "65536"), ("OOMPolicy", "continue"),
                        ("ReadWritePaths", home),
                    ] + SystemdUnit.hardening
                ), ("Install", [("WantedBy", "multi-user.target")]),
            ])
    }

    private var compose: SystemdUnit {
        SystemdUnit(
            comment: "\(layout.name) under Docker Compose. Use this unit or \(unit).service, never both.",
            sections: [
                (
                    "Unit",
                    [
                        ("Description", "\(layout.name) under Docker Compose"),
                        ("Documentation", "file:\(home)/current/DEPLOYMENT.md"), ("Requires", "docker.service"),
                        ("After", "docker.service network-online.target"), ("Wants", "network-online.target"),
                        ("Conflicts", "\(unit).service"),
                    ]
                ),
                (
                    "Service",
                    [
                        ("Type", "oneshot"), ("RemainAfterExit", "yes"), ("User", account), ("Group", account),
                        ("SupplementaryGroups", "docker"), ("WorkingDirectory", "\(home)/current"),
                        ("Environment", SystemdText.assignment("HOME", home)),
                        ("Environment", SystemdText.assignment("COMPOSE_PROJECT_NAME", layout.name)),
                        ("ExecStart", "\(home)/current/scripts/run-prod.sh --no-build --env-file \(values)"),
                        ("ExecStop", "\(home)/current/scripts/run-prod.sh --down --env-file \(values)"),
                        ("TimeoutStartSec", "300s"), ("TimeoutStopSec", "120s"), ("ReadWritePaths", home),
                    ] + SystemdUnit.hardening.filter { $0.0 != "PrivateUsers" }
                ), ("Install", [("WantedBy", "multi-user.target")]),
            ])
    }

    private var backup: SystemdUnit {
        SystemdUnit(
            comment: "One backup of \(layout.name) as Compose runs it; \(unit)-backup.timer starts it.",
            sections: [
                (
                    "Unit",
                    [
                        ("Description", "Backup of \(layout.name)"), ("After", "\(unit)-compose.service"),
                        ("ConditionPathExists", "\(home)/current/scripts/backup.sh"),
                    ]
                ),
                (
                    "Service",
                    [
                        ("Type", "oneshot"), ("User", account), ("Group", account),
                        ("SupplementaryGroups", "docker"), ("WorkingDirectory", "\(home)/current"),
                        ("Environment", SystemdText.assignment("HOME", home)),
                        ("Environment", SystemdText.assignment("COMPOSE_PROJECT_NAME", layout.name)),
                        (
                            "ExecStart",
                            "\(home)/current/scripts/backup.sh --to \(backups) --env-file \(values)"
                        ), ("Nice", "10"), ("IOSchedulingClass", "idle"), ("TimeoutStartSec", "2h"),
                        ("ReadWritePaths", "\(home) \(backups)"),
                    ] + SystemdUnit.hardening.filter { $0.0 != "PrivateUsers" }
                ),
            ])
    }

    private var engineBackup: SystemdUnit {
        SystemdUnit(
            comment: "One proven backup of \(layout.name) as the embedded engine runs it; "
                + "\(unit)-engine-backup.timer starts it.",
            sections: [
                (
                    "Unit",
                    [
                        ("Description", "Backup of \(layout.name) under Slipway"), ("After", "\(unit).service"),
                        ("ConditionPathExists", "\(folder)/.slipway"),
                    ]
                ),
                (
                    "Service",
                    [
                        ("Type", "oneshot"), ("User", account), ("Group", account), ("WorkingDirectory", folder),
                        ("EnvironmentFile", values), ("Environment", SystemdText.assignment("HOME", home)),
                        ("Environment", SystemdText.assignment("XDG_RUNTIME_DIR", "/run/\(unit)")),
                        ("ExecStart", "/usr/local/bin/slipway backup create \(folder) --to \(backups)"),
                        ("ExecStart", "/usr/local/bin/slipway backup prune \(folder) --to \(backups)"),
                        ("Nice", "10"), ("IOSchedulingClass", "idle"), ("TimeoutStartSec", "2h"),
                        ("ReadWritePaths", "\(home) \(backups)"),
                    ] + SystemdUnit.hardening
                ),
            ])
    }

    private func timer(_ runtime: String) -> SystemdUnit {
        SystemdUnit(
            comment: "Every night; a night that the machine slept through is made up for.",
            sections: [
                ("Unit", [("Description", "Nightly backup of \(layout.name) under \(runtime)")]),
                (
                    "Timer",
                    [("OnCalendar", "*-*-* 03:00:00"), ("RandomizedDelaySec", "30min"), ("Persistent", "yes")]
                ), ("Install", [("WantedBy", "timers.target")]),
            ])
    }

    /// The site for the machine's own nginx; certbot adds the certificate to it.
    private var site: String {
        let site = NginxSite(
            files: nil, root: "",
            upstreams: layout.front.map { [($0, ["/"])] } ?? [], address: { [port] _ in "127.0.0.1:\(port)" },
            listens: [["80"], ["[::]:80"]], resolver: [], serverNames: ["example.com"], healthPath: nil,
            prefix: ShortName.of(layout.name, limit: ShortName.variablePrefix).replacing("-", with: "_") + "_",
            bodyLimit: layout.bodyLimit,
            extra: [
                .directive("access_log", ["/var/log/nginx/\(layout.name).access.log"]),
                .directive("error_log", ["/var/log/nginx/\(layout.name).error.log", "warn"]),
            ])
        return NginxStatement.print(
            [
                .comment("\(layout.name) behind the machine's nginx. scripts/setup-vps.sh puts the domain in place of"),
                .comment("example.com; certbot --nginx then adds the certificate and the way from HTTP to HTTPS."),
            ] + site.maps + [.blank, site.server])
    }

    private var rotation: String {
        """
        # Fourteen days of logs of \(layout.name).
        /var/log/nginx/\(layout.name).*.log {
            daily
            rotate 14
            maxsize 100M
            missingok
            notifempty
            compress
            delaycompress
            create 0640 www-data adm
            sharedscripts
            postrotate
                [ ! -f /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"
            endscript
        }

        \(folder)/.slipway/logs/*.log {
            su \(account) \(account)
            daily
            rotate 14
            maxsize 100M
            missingok
            notifempty
            compress
            copytruncate
        }

        """
    }
}

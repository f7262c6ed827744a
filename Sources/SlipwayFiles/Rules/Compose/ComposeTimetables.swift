// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Alpine's cron has its tables elsewhere.
    static let unreadTimetable = Rule(
        "CO050", .error, "Alpine's crond does not read /etc/cron.d",
        why: "BusyBox's crond reads /etc/crontabs alone: what is mounted at /etc/cron.d never runs.",
        catches: [
            "services:\n  cron:\n    image: alpine:3.22\n    volumes: ['./jobs:/etc/cron.d/jobs']\n    command: crond -f\n"
        ],
        passes: [
            "services:\n  cron:\n    image: alpine:3.22\n    volumes: ['./jobs:/etc/crontabs/root']\n    command: crond -f\n",
            "services:\n  cron:\n    image: debian:12\n    volumes: ['./jobs:/etc/cron.d/jobs']\n    command: cron -f\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let image = file.runningImage(of: service), ImageName(image).isAlpine,
                service.command?.text.contains("crond") == true,
                service.command?.text.contains("/etc/cron.d") != true,
                let mount = service.mounts.first(where: { $0.target.hasPrefix("/etc/cron.d") })
            else { return nil }
            return Violation(
                line: mount.position.line,
                "BusyBox's crond reads /etc/crontabs/USER; write: \(mount.source ?? "FILE"):/etc/crontabs/root:ro")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension CheckedFile<PlainText> {
    /// Settings of a systemd unit with their sections.
    fileprivate var settings: [(section: String, key: String, value: String, line: Int)] {
        var section = ""
        var found: [(String, String, String, Int)] = []
        for (index, raw) in document.lines.enumerated() {
            let line = raw.trimmed
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
            } else if let equals = line.firstIndex(of: "="), !line.hasPrefix("#"), !line.hasPrefix(";") {
                found.append((section, line[..<equals].trimmed, line[line.index(after: equals)...].trimmed, index + 1))
            }
        }
        return found
    }
}

extension Rule<CheckedFile<PlainText>> {
    /// systemd wants the whole path.
    static let unitRelativePath = Rule(
        "SH021", .error, "a unit starts a program without its whole path",
        why:
            "systemd looks a bare name up in a few system folders only and knows no relative path: the unit does not start.",
        catches: [["app.service": "[Service]\nExecStart=./start.sh\n"]],
        passes: [
            ["app.service": "[Service]\nExecStart=/srv/app/start.sh\n"],
            ["app.service": "[Service]\nExecStart=python3 a.py\n"],
        ]
    ) { file in
        file.settings.compactMap { setting in
            guard setting.key.hasPrefix("Exec") else { return nil }
            let command = setting.value.drop { "-@:+!".contains($0) }
            let word = command.prefix { $0 != " " }
            guard
                word.hasPrefix("./") || word.hasPrefix("~")
                    || (word.contains("/") && !word.hasPrefix("/") && !word.contains("%") && !word.contains("{"))
            else { return nil }
            return Violation(
                line: setting.line,
                "\(word) is relative; write the whole path: \(setting.key)=/srv/app/\(word.split(separator: "/").last ?? "")"
            )
        }
    }

    /// Root for a web application.
    static let unitUser = Rule(
        "SH022", .warning, "a unit runs as root",
        why: "A service without User runs as root: who breaks into the application owns the machine.",
        catches: [["app.service": "[Service]\nExecStart=/srv/app/bin\n"]],
        passes: [
            ["app.service": "[Service]\nUser=app\nExecStart=/srv/app/bin\n"],
            ["app.service": "[Service]\nDynamicUser=yes\nExecStart=/srv/app/bin\n"],
        ]
    ) { file in
        let settings = file.settings
        guard let start = settings.first(where: { $0.key == "ExecStart" }), !start.value.contains("docker"),
            !settings.contains(where: { ($0.key == "User" && $0.value != "root") || $0.key == "DynamicUser" })
        else { return [] }
        return [Violation(line: start.line, "the service is root; add: User=app")]
    }

    /// After a crash nobody starts it.
    static let unitRestart = Rule(
        "SH023", .warning, "a unit stays down after a crash",
        why: "Without Restart systemd leaves a crashed service down.",
        catches: [["app.service": "[Service]\nUser=app\nExecStart=/srv/app/bin\n"]],
        passes: [
            ["app.service": "[Service]\nUser=app\nRestart=on-failure\nExecStart=/srv/app/bin\n"],
            ["app.service": "[Service]\nType=oneshot\nExecStart=/a\n"],
        ]
    ) { file in
        let settings = file.settings
        guard let start = settings.first(where: { $0.key == "ExecStart" }),
            !settings.contains(where: { $0.key == "Restart" }),
            !settings.contains(where: { $0.key == "Type" && $0.value == "oneshot" })
        else { return [] }
        return [
            Violation(
                line: start.line, "add: Restart=on-failure",
                fix: Fix("restart after a crash", line: start.line + 1, count: 0, replacement: ["Restart=on-failure"]))
        ]
    }
}

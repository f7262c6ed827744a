// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Permission denied
    static let folderOfRoot = Rule(
        "AP378", .error, "a folder is made with sudo and filled without",
        why:
            "What sudo makes belongs to root: the account that is not root cannot write there, and the next step ends with "
            + "\"Permission denied\".",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\nssh bot@a.example \"sudo mkdir -p /srv/shop\"\nrsync -az dist/ bot@a.example:/srv/shop/\n"
            ],
            [
                "DEPLOYMENT.md":
                    "```sh\nsudo mkdir -p /var/www/shop\ncd /var/www/shop\ngit clone https://a.example/shop.git .\n```\n"
            ],
            [
                "setup.sh":
                    "#!/bin/sh\nset -e\nsudo mkdir -p /opt/shop\ngit clone https://a.example/shop.git /opt/shop\n"
            ],
        ],
        passes: [
            [
                "setup.sh":
                    "#!/bin/sh\nset -e\nsudo mkdir -p /opt/shop\nsudo chown \"$USER\" /opt/shop\ngit clone https://a.example/shop.git /opt/shop\n"
            ],
            [
                "DEPLOYMENT.md":
                    "```sh\nsudo mkdir -p /var/www/shop\ncd /var/www/shop\nsudo git clone https://a.example/shop.git .\n```\n"
            ],
            [
                "DEPLOYMENT.md":
                    "```sh\nssh root@a.example\nsudo mkdir -p /var/www/shop\ncd /var/www/shop\ngit clone https://a.example/shop.git .\n```\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\nssh bot@a.example \"sudo mkdir -p /srv/shop\"\nrsync -az --rsync-path='sudo rsync' dist/ bot@a.example:/srv/shop/\n"
            ],
            ["setup.sh": "#!/bin/sh\nset -e\nsudo mkdir -p /opt/shop\nsudo cp -r dist /opt/shop/\n"],
        ]
    ) { repository in
        let files = Dictionary(grouping: repository.toldCommands.filter { $0.teller != .package }) { told in
            told.teller == .workflow || told.teller == .makefile ? "\(told.file)#\(told.block)" : told.file
        }
        return files.keys.sorted().compactMap { violation(in: files[$0] ?? []) }
    }

    private static func violation(in commands: [ToldCommand]) -> Violation? {
        guard commands.contains(where: { $0.raw.contains("sudo mkdir") }), !commands.contains(where: makesRoot) else {
            return nil
        }
        var made: [String] = []
        var here: String?
        for told in commands {
            for inner in [told.command] + Self.sent(by: told.command) {
                let words = inner.words.map(written)
                if words.starts(with: ["sudo", "mkdir"]) { made += words.dropFirst(2).filter(isSystemPlace) }
                if words.first == "cd" { here = words.last }
                if words.contains("chown") || words.contains("chmod") || words.contains("setfacl") {
                    made.removeAll { place in words.contains { isWithin(place, trimmed($0)) } }
                }
            }
            let place = filled(told.command.words.map(written), here)
            guard let place, let folder = made.first(where: { isWithin(trimmed(place), $0) }) else { continue }
            return Violation(
                file: told.file, line: told.line,
                "\(folder) belongs to root, and this is not run by root; write before it: sudo chown \"$USER\" \(folder)",
                severity: told.severity)
        }
        return nil
    }

    /// Whether the reader is root, or becomes it.
    private static func makesRoot(_ told: ToldCommand) -> Bool {
        let raw = told.raw
        return raw.contains("ssh root@") || raw.contains("root@") || raw.hasPrefix("su ") || raw == "su"
            || ["sudo su", "sudo -i", "sudo -s", "sudo bash", "sudo sh"].contains(where: raw.hasPrefix)
            // Who installs packages without sudo is root.
            || ["apt", "apt-get", "yum", "dnf", "systemctl"].contains(told.command.name)
    }

    /// What ssh runs on the other machine.
    private static func sent(by command: ShellCommand) -> [ShellCommand] {
        guard command.name == "ssh", let text = command.words.last.map(written), text.contains(" ") else { return [] }
        return ShellProgram(parsing: text).commands
    }

    /// The word without its quotes, with the names of its variables.
    private static func written(_ word: ShellWordText) -> String {
        let source = word.source.isEmpty ? word.text : word.source
        return String(source.filter { $0 != "\"" && $0 != "'" && $0 != "{" && $0 != "}" })
    }

    private static func isSystemPlace(_ word: String) -> Bool {
        ["/opt/", "/srv/", "/var/www/", "/var/lib/", "/usr/local/", "/app", "/data", "/etc/"].contains(
            where: word.hasPrefix)
            || word.hasPrefix("$") && word.uppercased() == word
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    private static func isWithin(_ path: String, _ folder: String) -> Bool {
        let folder = trimmed(folder)
        return folder.count > 1 && (trimmed(path) == folder || path.hasPrefix(folder + "/"))
    }

    /// The folder that the command writes into.
    private static func filled(_ words: [String], _ here: String?) -> String? {
        guard let program = words.first, let last = words.last else { return nil }
        switch program {
        case "git" where words.dropFirst().first == "clone":
            let operands = words.dropFirst(2).filter { !$0.hasPrefix("-") }
            return operands.count > 1 && last.contains("/") && !last.contains(":") ? last : here
        case "cp", "mv":
            return last
        case "rsync", "scp":
            guard !words.contains(where: { $0.contains("sudo") }) else { return nil }
            return last.split(separator: ":", maxSplits: 1).last.map(String.init)
        case "mkdir", "touch":
            return last
        default: return nil
        }
    }
}

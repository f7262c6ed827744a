// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// pm2 prints a line that somebody has to run.
    static let printsStartup = Rule(
        "SH087", .warning, "pm2 startup only prints what root has to run",
        why:
            "For an account that is not root, pm2 startup changes nothing: after the machine's next start nothing runs.",
        catches: [
            ["deploy.sh": "#!/bin/bash\nset -e\nsudo apt-get install -y nginx\npm2 start a.js\npm2 save\npm2 startup\n"]
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nsudo apt-get install -y nginx\npm2 start a.js\npm2 startup | tail -1 | bash\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nsudo env PATH=$PATH pm2 startup systemd -u app --hp /home/app\nsudo ls\n"
            ],
            ["deploy.sh": "#!/bin/bash\nset -e\npm2 start a.js\npm2 startup\n"],
        ]
    ) { file in
        guard file.document.commands.contains(where: { $0.name == "sudo" }) else { return [] }
        return file.findings { command in
            guard command.name == "pm2", command.arguments.first == "startup", !command.isInSubshell,
                !file.document.rest(after: command).contains("|")
            else { return nil }
            return "write: sudo env PATH=\"$PATH\" pm2 startup systemd -u \"$USER\" --hp \"$HOME\""
        }
    }

    /// A port that the script's own firewall closes.
    static let closedPort = Rule(
        "SH088", .error, "the script sends browsers to a port that its firewall closes",
        why: "ufw refuses what no allow names: every request of the page to that port runs into its time limit.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > .env << EOF\nVITE_API_URL=http://203.0.113.7:3001\nEOF\nufw allow 22\nufw allow 80\nufw --force enable\n"
            ]
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > .env << EOF\nVITE_API_URL=http://203.0.113.7:3001\nEOF\nufw allow 22\nufw allow 3001/tcp\nufw --force enable\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > .env << EOF\nVITE_API_URL=https://a.example\nEOF\nufw allow 22\nufw --force enable\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > .env << EOF\nVITE_API_URL=http://203.0.113.7:3001\nEOF\nufw allow 22\n"
            ],
        ]
    ) { file in
        let words = file.document.commands.compactMap { command -> [String]? in
            let all = [command.name] + command.arguments
            guard let place = all.firstIndex(of: "ufw"), place < 2 else { return nil }
            return Array(all[(place + 1)...])
        }
        guard words.contains(where: { $0.contains("enable") }) else { return [] }
        let allowed = words.filter { $0.contains("allow") }.flatMap { $0 }
        guard !allowed.contains(where: { $0.contains(":") || $0.contains("$") || $0 == "from" }) else { return [] }
        let ports = Set(allowed.compactMap { UInt16($0.prefix { $0.isNumber }) })
        guard !ports.isEmpty else { return [] }
        return file.document.lines.enumerated().compactMap { index, line in
            let body = line.trimmed
            guard
                ["VITE_", "NEXT_PUBLIC_", "REACT_APP_", "PUBLIC_", "VUE_APP_", "NUXT_PUBLIC_"].contains(
                    where: body.hasPrefix)
                    || body.hasPrefix("export VITE_"),
                let mark = TextSearch.range(of: "://", in: body[...])
            else { return nil }
            let place = body[mark.upperBound...].prefix { $0 != "/" && $0 != "\"" && $0 != "'" }.split(separator: ":")
            guard place.count == 2, let port = UInt16(place[1]), !ports.contains(port),
                !["localhost", "127.0.0.1"].contains(place[0])
            else { return nil }
            return Violation(
                line: index + 1,
                "ufw closes \(port); send the page's requests through nginx: /api, or write: ufw allow \(port)/tcp")
        }
    }

    /// pm2 has a static server of that name.
    static let pm2ServesElsewhere = Rule(
        "SH089", .error, "pm2 takes serve for its own server and leaves the arguments out",
        why:
            "The script called serve is pm2's own static server: it reads PM2_SERVE_PATH and PM2_SERVE_PORT, and listens on "
            + "8080 when they are not there, whatever args say.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > ecosystem.config.cjs << 'EOF'\nmodule.exports = { apps: [{\n  script: 'serve',\n  args: '-s dist -l 3000',\n}] };\nEOF\n"
            ]
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > ecosystem.config.cjs << 'EOF'\nmodule.exports = { apps: [{\n  script: 'serve',\n  env: { PM2_SERVE_PATH: 'dist', PM2_SERVE_PORT: 3000 },\n}] };\nEOF\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\ncat > ecosystem.config.cjs << 'EOF'\nmodule.exports = { apps: [{\n  script: 'npx',\n  args: 'serve -s dist -l 3000',\n}] };\nEOF\n"
            ],
        ]
    ) { file in
        guard !file.document.text.contains("PM2_SERVE_") else { return [] }
        let lines = file.document.lines
        return lines.indices.compactMap { index in
            let bare = lines[index].filter { !$0.isWhitespace }
            guard ["script:'serve'", "script:\"serve\"", "\"script\":\"serve\""].contains(where: bare.hasPrefix),
                lines[index...].prefix(4).contains(where: {
                    $0.contains("args") && $0.contains("-s") || $0.contains("-l ")
                })
            else { return nil }
            return Violation(line: index + 1, "write: script: 'npx', args: 'serve -s dist -l 3000'")
        }
    }
}

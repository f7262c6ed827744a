// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// Two servers want one port.
    static let standaloneBesideProxy = Rule(
        "SH110", .warning, "certbot wants the port that a container holds",
        why:
            "--standalone starts a server of its own on port 80, which the published container has: the certificate "
            + "cannot be fetched while it runs, and every renewal fails until HTTPS breaks after 90 days.",
        catches: [
            [
                "compose.prod.yml": "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n",
                "deploy.sh":
                    "#!/bin/sh\nset -e\ndocker compose stop proxy\ncertbot certonly --standalone -d a.example\ndocker compose up -d\n",
            ]
        ],
        passes: [
            [
                "compose.prod.yml": "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80', '443:443']\n",
                "deploy.sh":
                    "#!/bin/sh\nset -e\ncertbot certonly --standalone --pre-hook 'docker stop proxy' --post-hook 'docker start proxy' -d a.example\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n    ports: ['127.0.0.1:8080:80']\n",
                "deploy.sh": "#!/bin/sh\nset -e\ncertbot certonly --standalone -d a.example\n",
            ],
        ]
    ) { file in
        guard !file.isForDevelopment,
            !["pre-hook", "pre_hook", "renewal-hooks/pre", "--webroot", "http-01-port"].contains(where: {
                ByteSearch.contains($0, in: file.text)
            }),
            let proxy = file.repository.composeFiles.lazy.filter({ !$0.isForDevelopment }).compactMap({ compose in
                compose.services.first { service in
                    service.ports.contains { $0.published == 80 && $0.address != "127.0.0.1" }
                }
            }).first
        else { return [] }
        let commands = file.document.commands
        guard
            let index = commands.firstIndex(where: { command in
                let words = command.words.map(\.text)
                return words.contains("certbot") && words.contains("--standalone") && !words.contains("echo")
            })
        else { return [] }
        let stops = commands[..<index].contains { command in
            let words = command.words.map(\.text)
            return words.contains("stop") || words.contains("down")
        }
        return [
            file.violation(
                at: commands[index],
                "\(proxy.name) holds port 80" + (stops ? " when the renewal comes" : "")
                    + "; add: --pre-hook 'docker compose stop \(proxy.name)' --post-hook 'docker compose start \(proxy.name)'"
            )
        ]
    }

    /// Whoever gets a foot into the machine is the site.
    static let readableKey = Rule(
        "SH111", .warning, "a private key is made readable for everybody",
        why: "Every process and user of the machine can take the key, and whoever has it answers in the site's name.",
        catches: [
            "#!/bin/sh\nset -e\nchmod 644 /etc/letsencrypt/archive/a.example/privkey1.pem\n",
            "#!/bin/sh\nset -e\nchmod 644 certs/server.key\n", "#!/bin/sh\nset -e\nchmod a+r certs/key.pem\n",
        ],
        passes: [
            "#!/bin/sh\nset -e\nchmod 640 certs/server.key\n", "#!/bin/sh\nset -e\nchmod 644 certs/server.crt\n",
            "#!/bin/sh\nset -e\nchmod 644 ~/.ssh/id_rsa.pub\n",
        ]
    ) { file in
        file.findings { command in
            let words = command.words.map(\.text).filter { $0 != "sudo" && !$0.hasPrefix("-") }
            guard words.first == "chmod", words.count > 2, opens(words[1]), words.dropFirst(2).contains(where: isKey)
            else { return nil }
            return "everybody on the machine can read the key; write: chmod 640, and chgrp to the group that needs it"
        }
    }

    private static func opens(_ mode: String) -> Bool {
        if mode.allSatisfy(\.isNumber) { return mode.last.map { "4567".contains($0) } == true }
        return ["a+r", "o+r", "+r", "ugo+r", "o=r", "a=r"].contains { mode.hasPrefix($0) }
    }

    private static func isKey(_ path: String) -> Bool {
        let name = (path.split(separator: "/").last ?? "").lowercased()
        return name.hasPrefix("privkey") || name.hasSuffix(".key") || name == "key.pem" || name.hasSuffix("-key.pem")
            || name.hasSuffix("_key.pem") || name == "private.pem"
    }
}

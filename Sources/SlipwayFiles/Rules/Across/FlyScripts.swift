// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A volume is reached from its own region only.
    static let volumeRegion = Rule(
        "AP185", .error, "a script makes a volume in another region than the application's",
        why: "A machine mounts volumes of its own region only: the deployment finds no volume where it starts.",
        catches: [
            [
                "deploy.sh": "#!/bin/bash\nset -e\nfly volumes create data --region fra --size 1\nfly deploy\n",
                "fly.toml": "app = 'a'\nprimary_region = 'ams'\n[mounts]\nsource = 'data'\ndestination = '/data'\n",
            ]
        ],
        passes: [
            [
                "deploy.sh": "#!/bin/bash\nset -e\nfly volumes create data -r ams\nfly deploy\n",
                "fly.toml": "app = 'a'\nprimary_region = 'ams'\n[mounts]\nsource = 'data'\ndestination = '/data'\n",
            ],
            [
                "deploy.sh": "#!/bin/bash\nset -e\nfly volumes create data --region \"$REGION\"\n",
                "fly.toml": "app = 'a'\nprimary_region = 'ams'\n[mounts]\nsource = 'data'\ndestination = '/data'\n",
            ],
        ]
    ) { repository in
        guard repository.flyFiles.count == 1, let file = repository.flyFiles.first,
            let region = file.document.root?["primary_region"]?.text, let mounts = file.document.root?["mounts"]
        else { return [] }
        let sources = (mounts.sequence ?? [mounts]).compactMap { $0["source"]?.text }
        return FlyCommands.all(in: repository).compactMap { found in
            guard let at = found.words.firstIndex(where: { ["volumes", "volume", "vol"].contains($0) }),
                found.words.dropFirst(at + 1).first == "create", found.words.contains(where: sources.contains),
                let given = found.value(of: "--region", "-r"), given != region
            else { return nil }
            return Violation(
                file: found.file, line: found.line,
                "\(file.location) starts machines in \(region); write: --region \(region)")
        }
    }

    /// The settings reach nobody.
    static let otherApplication = Rule(
        "AP186", .warning, "a script speaks of another application than fly.toml",
        why: "What it sets or asks belongs to an application that this repository does not deploy.",
        catches: [
            [
                "deploy.sh": "#!/bin/bash\nset -e\nfly secrets set A=1 --app store\nfly deploy\n",
                "fly.toml": "app = 'shop'\n",
            ]
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nfly secrets set A=1 --app shop\nfly postgres attach --app shop shop-db\n",
                "fly.toml": "app = 'shop'\n",
            ],
            ["deploy.sh": "#!/bin/bash\nset -e\nfly secrets set A=1 --app \"$APP\"\n", "fly.toml": "app = 'shop'\n"],
            ["deploy.sh": "#!/bin/bash\nset -e\nfly status --app shop-db\n", "fly.toml": "app = 'shop'\n"],
        ]
    ) { repository in
        let names = repository.flyFiles.compactMap { $0.document.root?["app"]?.text }
        guard !names.isEmpty, names.count == repository.flyFiles.count else { return [] }
        return FlyCommands.all(in: repository).compactMap { found in
            guard let app = found.value(of: "--app", "-a"), !names.contains(app),
                // `shop-db`, `shop-staging`: others of the same family.
                !names.contains(where: { app.hasPrefix($0) || $0.hasPrefix(app) }),
                ["secrets", "deploy", "scale", "volumes", "certs", "ips", "config"].contains(found.words.first ?? "")
            else { return nil }
            return Violation(
                file: found.file, line: found.line, "fly.toml deploys \(names[0]); write: --app \(names[0])")
        }
    }
}

/// Calls of Fly.io's client in scripts, with plain words alone.
enum FlyCommands {
    struct Found {
        let file: String
        let line: Int
        /// What follows the program.
        let words: [String]

        func value(of names: String...) -> String? {
            for (index, word) in words.enumerated() {
                if names.contains(word), words.indices.contains(index + 1) { return Self.plain(words[index + 1]) }
                for name in names where word.hasPrefix(name + "=") {
                    return Self.plain(String(word.dropFirst(name.count + 1)))
                }
            }
            return nil
        }

        private static func plain(_ text: String) -> String? { text.contains("$") || text.isEmpty ? nil : text }
    }

    static func all(in repository: CheckedRepository) -> [Found] {
        repository.scripts.flatMap { script in
            script.document.commands.compactMap { command in
                guard ["fly", "flyctl"].contains(command.name) else { return nil }
                return Found(
                    file: script.location, line: script.document.line(of: command), words: command.arguments)
            }
        }
    }
}

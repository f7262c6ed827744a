// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// No such file or directory - bind(2) for /var/www/shop/tmp/sockets/puma.sock
    static let socketWithoutFolder = Rule(
        "AP389", .error, "a server listens at a socket whose folder is in no clone",
        why:
            "A server makes the socket, and not the folder it stands in. git keeps no empty folders: in a fresh clone the "
            + "server ends with \"No such file or directory\".",
        catches: [
            [
                "config/puma/production.rb":
                    "app_dir = File.expand_path('../..', __dir__)\nbind \"unix://#{app_dir}/tmp/sockets/puma.sock\"\n",
                "config/application.rb": "module Shop\nend\n", "tmp/.keep": "",
            ]
        ],
        passes: [
            [
                "config/puma/production.rb": "bind \"unix:///var/www/shop/tmp/sockets/puma.sock\"\n",
                "tmp/sockets/.keep": "",
            ],
            [
                "config/puma/production.rb": "bind \"unix:///var/www/shop/shared/tmp/sockets/puma.sock\"\n",
                "config/deploy.rb": "append :linked_dirs, 'log', 'tmp/pids', 'tmp/sockets'\n",
            ],
            ["config/puma.rb": "port ENV.fetch('PORT', 3000)\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let files = repository.tree.files(ending: "rb").filter {
            $0.path.contains("config/puma") || $0.name == "unicorn.rb"
        }
        guard !files.isEmpty else { return [] }
        return files.compactMap { entry in
            guard !DevelopmentPath.isLikely(entry.path), let text = repository.tree.text(entry.path) else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard
                let index = lines.firstIndex(where: { line in
                    let bare = line.trimmed
                    return (bare.hasPrefix("bind ") || bare.hasPrefix("listen ")) && bare.contains("tmp/sockets/")
                }), !text.contains("mkdir"), !isMade(beside: entry, in: repository)
            else { return nil }
            return Violation(
                file: entry.path, line: index + 1,
                "tmp/sockets is in no clone; add the file tmp/sockets/.keep, and to .gitignore: !/tmp/sockets/.keep")
        }
    }

    /// Whether the repository holds the folder, or another file of it makes it.
    private static func isMade(beside entry: SourceTree.Entry, in repository: CheckedRepository) -> Bool {
        if repository.tree.entries.contains(where: { $0.path.contains("tmp/sockets/") }) { return true }
        let others =
            repository.tree.files(ending: "rb").map(\.path) + repository.tree.files(ending: "rake").map(\.path)
            + repository.scripts.map(\.location) + repository.workflows.map(\.location)
            + repository.dockerfiles.map(\.location) + repository.composeFiles.map(\.location)
            + repository.units.map(\.location) + ["bin/setup", "Capfile"]
        return others.contains { path in
            path != entry.path && !path.contains("config/puma")
                && repository.tree.bytes(path).map { ByteSearch.contains("tmp/sockets".utf8, in: $0) } == true
        }
    }
}

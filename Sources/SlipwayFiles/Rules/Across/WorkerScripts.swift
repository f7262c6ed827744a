// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Scripts of package.json that run a worker beside the server.
enum WorkerScripts {
    /// Those that no deployment file starts and no server loads.
    static func notStarted(in repository: CheckedRepository) -> [Violation] {
        let units = repository.images.filter { !$0.isForDevelopment }
        guard !units.isEmpty || !repository.flyFiles.isEmpty || !repository.procfiles.isEmpty else { return [] }
        return repository.tree.files(named: "package.json").flatMap { entry -> [Violation] in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path),
                let scripts = JSONDocument(parsing: text).root?["scripts"]?.mapping?.entries
            else { return [] }
            var seen: Set<String> = []
            return scripts.compactMap { script in
                guard isWorker(script.key), let command = script.value.text, let stem = program(of: command),
                    !scripts.contains(where: { isStart($0.key) && $0.value.text?.contains(stem) == true }),
                    !isStarted(stem, script.key, in: repository), !isLoaded(stem, in: repository),
                    seen.insert(stem).inserted
                else { return nil }
                let place =
                    repository.flyFiles.first.map {
                        "\($0.location) under [processes]: worker = 'npm run \(script.key)'"
                    }
                    ?? "the deployment a service with: command: npm run \(script.key)"
                return Violation(
                    file: entry.path, line: script.line, "nothing that is deployed runs \(stem); add to \(place)")
            }
        }
    }

    private static func isWorker(_ name: String) -> Bool {
        let words = name.lowercased().split { ":-_".contains($0) }
        return words.contains(where: { ["worker", "workers", "queue", "consumer"].contains($0) })
            && !words.contains(where: {
                ["dev", "watch", "test", "build", "debug", "lint", "local", "types"].contains($0)
            })
    }

    private static func isStart(_ name: String) -> Bool {
        ["start", "prod", "serve"].contains(where: name.hasPrefix)
    }

    /// `emailWorker` of `node build/workers/emailWorker.js`.
    private static func program(of command: String) -> String? {
        let words = command.split(separator: " ").filter { !$0.contains("=") }
        guard let first = words.first, ["node", "tsx", "ts-node", "bun"].contains(first),
            let path = words.dropFirst().first(where: { word in
                [".js", ".mjs", ".cjs", ".ts"].contains(where: word.hasSuffix)
            })
        else { return nil }
        let name = SourceTree.Entry(path: GoPath.clean(String(path))).name
        let stem = String(name.prefix { $0 != "." })
        return ["index", "main", "server", "app"].contains(stem) ? nil : stem
    }

    private static func isStarted(_ stem: String, _ script: String, in repository: CheckedRepository) -> Bool {
        let endings = [".yml", ".yaml", ".toml", ".sh", ".service", ".conf", ".ini", ".tf"]
        return repository.tree.entries.contains { entry in
            let isPlace =
                endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                || entry.name.hasPrefix("Procfile") || entry.name.hasPrefix("ecosystem.config")
                || entry.name == "railway.json"
            guard isPlace, !entry.path.hasPrefix(".github/"), let bytes = repository.tree.bytes(entry.path) else {
                return false
            }
            return ByteSearch.contains(stem.utf8, in: bytes) || ByteSearch.contains(script.utf8, in: bytes)
        }
    }

    /// Whether another file imports it, so that the server runs it itself.
    private static func isLoaded(_ stem: String, in repository: CheckedRepository) -> Bool {
        let needles = ["/\(stem)'", "/\(stem)\"", "/\(stem).js", "/\(stem).ts"]
        return repository.codeFiles(with: needles, smallerThan: .max)
            .contains { $0.name.prefix { $0 != "." } != stem }
    }
}

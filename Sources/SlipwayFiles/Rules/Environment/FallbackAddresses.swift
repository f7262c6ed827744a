// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// It works on the machine of whoever wrote it.
    static let addressFallsBack = Rule(
        "EN301", .warning, "the pages fall back to localhost, and nothing gives them the address",
        why:
            "The bundler writes the value into the pages when they are built. No file and no document names the variable, "
            + "so the published pages ask each visitor's own machine.",
        catches: [
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/vercel.json": "{}",
                "web/src/api.js": "const base = import.meta.env.VITE_API_URL || 'http://localhost:8000';\n",
            ],
            [
                "package.json": "{\"scripts\":{\"build\":\"react-scripts build\"}}",
                "README.md": "## Production\n```sh\nnpm run build\n```\n",
                "src/api.ts": "const base = process.env.REACT_APP_API ?? \"http://localhost:5000/api\";\n",
            ],
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/vercel.json": "{}",
                "web/src/api.js": "const base = import.meta.env.VITE_API_URL || 'http://localhost:8000';\n",
                "README.md": "```env\nVITE_API_URL=http://localhost:8000\n```\n",
            ],
        ],
        passes: [
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/vercel.json": "{}",
                "web/src/api.js": "const base = import.meta.env.VITE_API_URL || 'http://localhost:8000';\n",
                "README.md": "Set `VITE_API_URL` in the project's settings.\n",
            ],
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/vercel.json": "{}",
                "web/src/api.ts":
                    "const base = (import.meta.env.VITE_API_URL as string | undefined) ?? 'http://localhost:8000';\n",
                "README.md": "Set `VITE_API_URL` in the project's settings.\n",
            ],
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/vercel.json": "{}",
                "web/src/api.js":
                    "const base = import.meta.env.VITE_API_URL || (import.meta.env.DEV ? 'http://localhost:8000' : '/api');\n",
            ],
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/src/api.js": "const base = import.meta.env.VITE_API_URL || 'http://localhost:8000';\n",
            ],
            [
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/vercel.json": "{}",
                "web/src/api.js": "const base = import.meta.env.VITE_API_URL || 'http://localhost:8000';\n",
                "README.md":
                    "```env\nVITE_API_URL=http://localhost:8000\n```\nSet `VITE_API_URL` to the back end's address.\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let endings = [".js", ".ts", ".jsx", ".tsx", ".vue", ".svelte", ".mjs"]
        var seen: Set<String> = []
        return repository.code(endings, with: FallbackAddress.hostNames).flatMap { code in
            code.bare.enumerated().compactMap { index, line -> Violation? in
                guard let name = FallbackAddress.name(in: line, before: index > 0 ? code.bare[index - 1] : ""),
                    !seen.contains(name), FallbackAddress.isDeployed(code.path, repository)
                else { return nil }
                seen.insert(name)
                guard let names = FallbackAddress.naming(name, code.path, repository) else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "\(names), so what is published takes localhost, each visitor's own machine; give it to the build, "
                        + "and name it in the guide: \(name)=https://...")
            }
        }
    }
}

private enum FallbackAddress {
    static let hostNames = ["://localhost", "://127.0.0.1"]
    private static let hosts = ["'http://localhost", "'http://127.0.0.1", "'ws://localhost", "'https://localhost"]
    private static let choices = [".DEV", ".PROD", ".MODE", "NODE_ENV", "hostname", "isDev", "location."]

    static func name(in line: String, before: String) -> String? {
        guard line.utf8.count < 300, hosts.contains(where: { line.contains("||" + $0) || line.contains("??" + $0) }),
            !choices.contains(where: { line.contains($0) || before.contains($0) })
        else { return nil }
        for read in ["import.meta.env.", "process.env."] {
            guard let range = TextSearch.range(of: read, in: line[...]) else { continue }
            // Without blanks, a cast stands right behind the name: `VITE_API_URL as string`.
            let name = String(line[range.upperBound...].prefix { $0.isUppercase || $0.isNumber || $0 == "_" })
            if BrowserVariables.contains(name) { return name }
        }
        return nil
    }

    /// Whether the pages of a file are published: a host's file, an image or a guide says so.
    static func isDeployed(_ path: String, _ repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        guard let place = nearestPackage(to: path, tree) else { return false }
        let hosts = ["vercel.json", "netlify.toml", "firebase.json", "wrangler.toml", "static.json", "amplify.yml"]
        if [place, "."].contains(where: { folder in hosts.contains { tree.contains(GoPath.clean(folder + "/" + $0)) } })
        {
            return true
        }
        if repository.deployedUnits.contains(where: { $0.app?.directory == place && !$0.isForDevelopment }) {
            return true
        }
        return repository.toldCommands.contains { told in
            [.document, .workflow, .remote, .pipeline].contains(told.teller) && told.words.contains("build")
                && ["npm", "pnpm", "yarn", "bun", "npx"].contains(told.words[0])
        }
    }

    private static func nearestPackage(to path: String, _ tree: SourceTree) -> String? {
        var folder = SourceTree.Entry(path: path).directory
        while true {
            if tree.contains(GoPath.clean(folder + "/package.json")) { return folder }
            guard folder != "." else { return nil }
            folder = SourceTree.Entry(path: folder).directory
        }
    }

    /// What is wrong with what the other files say; `nil` when one of them tells to set it.
    static func naming(_ name: String, _ path: String, _ repository: CheckedRepository) -> String? {
        if !isNamed(name, repository) { return "nothing sets \(name)" }
        // A host that builds the pages by itself gives them what its settings say, and nobody is told to fill these in.
        guard isOnHost(path, repository.tree), let place = localhostAlone(name, repository) else { return nil }
        return "\(name) is given localhost alone (\(place))"
    }

    /// Whether a host's file stands beside the pages' package.
    private static func isOnHost(_ path: String, _ tree: SourceTree) -> Bool {
        guard let place = nearestPackage(to: path, tree) else { return false }
        return ["vercel.json", "netlify.toml", "firebase.json"].contains { name in
            tree.contains(GoPath.clean(place + "/" + name))
        }
    }

    /// Where the variable is given an address of this machine, when nothing else is said of it anywhere.
    private static func localhostAlone(_ name: String, _ repository: CheckedRepository) -> String? {
        let needle = Array(name.utf8)
        var first: String?
        for entry in repository.tree.entries {
            guard !code.contains(where: entry.name.hasSuffix), !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000,
                WholeWord.stands(needle, in: bytes), let text = repository.tree.text(entry.path)
            else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.contains(name) {
                let rest = TextSearch.range(of: name, in: line).map { line[$0.upperBound...].drop { $0 == " " } } ?? ""
                let isLocal = line.contains("://localhost") || line.contains("://127.0.0.1")
                guard rest.first == "=", isLocal, !line.contains("|"), !line.lowercased().contains("prod") else {
                    return nil
                }
                first = first ?? "\(entry.path):\(index + 1)"
            }
        }
        return first
    }

    private static let code = [".js", ".ts", ".jsx", ".tsx", ".vue", ".svelte", ".mjs", ".map"]

    /// Whether anything but the code speaks of the variable.
    private static func isNamed(_ name: String, _ repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        let json = ["vercel.json", "app.json", "package.json", "eas.json", "firebase.json"].flatMap {
            tree.files(named: $0)
        }
        let texts = ["md", "mdx", "txt", "sql"].flatMap { tree.files(ending: $0) }
        return (Array(tree.otherEntries) + json + texts).contains { entry in
            guard let bytes = tree.bytes(entry.path), bytes.count < 500_000 else { return false }
            return ByteSearch.contains(name.utf8, in: bytes)
        }
            || ["vite.config.ts", "vite.config.js", "next.config.js", "next.config.ts", "next.config.mjs"].contains {
                file in
                tree.files(named: file).contains { entry in
                    tree.bytes(entry.path).map { ByteSearch.contains(name.utf8, in: $0) } ?? false
                }
            }
    }
}

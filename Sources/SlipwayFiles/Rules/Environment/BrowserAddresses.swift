// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What works on the developer's machine asks every visitor's own machine.
    static let browserAsksItself = Rule(
        "EN208", .warning, "the page asks an address that only one machine has",
        why: "The address is part of what browsers download: localhost there is the visitor's own machine, and a "
            + "service's name is known on the containers' network alone.",
        catches: [
            RuleExample(
                [
                    "web/src/api.js": "const socket = new WebSocket(\"ws://localhost:8000/ws\");\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .spa)])),
            RuleExample(
                [
                    "web/src/api.js": "axios.defaults.baseURL = 'http://localhost:5000';\n", "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .spa)])),
            RuleExample(
                [
                    "web/app/page.js":
                        "'use client';\nconst a = await axios.get(\"http://localhost:5000/jobs?all=1\");\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .ssr)])),
            RuleExample(
                [
                    "web/src/api.js":
                        "if (mode === 'signup') {\n  const a = await fetch('http://localhost:8081/api/signup', {});\n}\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .spa)])),
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n"
                    + "      - REACT_APP_API_URL=http://backend:8000\n  backend:\n    build: ./api\n"
            ],
            [
                "compose.yml":
                    "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['80:80']\n  web:\n    build: .\n    environment:\n      - VITE_API_URL=http://localhost:8000/api\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./pages:/usr/share/nginx/html:ro']\n",
                "pages/index.html": "<script>\nfetchData('http://0.0.0.0:8088/tables/');\n</script>\n",
            ],
        ],
        passes: [
            RuleExample(
                [
                    "web/src/api.js":
                        "if (location.hostname === 'localhost') {\n  fetch('http://localhost:8081/api/seed');\n}\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .spa)])),
            RuleExample(
                [
                    "web/src/api.js":
                        "const url = import.meta.env.VITE_API_URL;\n// new WebSocket(\"ws://localhost:8000\")\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .spa)])),
            RuleExample(
                [
                    "web/app/api/jobs.js": "const a = await fetch(\"http://localhost:5000/jobs\");\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .ssr)])),
            RuleExample(
                [
                    "web/src/api.ts": "const url =\n  process.env.NODE_ENV === \"production\"\n    ? \"/api\"\n"
                        + "    : \"http://localhost:8000\";\n",
                    "web/package.json": "{}",
                ], app: AppSpec(name: "a", services: [Service(name: "web", directory: "web", role: .spa)])),
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      - VITE_API_URL=https://api.example.com\n"
            ],
        ]
    ) { repository in
        BrowserAddresses.inCode(of: repository) + BrowserAddresses.inPages(of: repository)
            + BrowserAddresses.inCompose(of: repository)
    }
}

/// Finds addresses that reach browsers and lead nowhere from there.
enum BrowserAddresses {
    private static let endings = [".js", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".mjs"]
    private static let starts = ["http://", "https://", "ws://", "wss://"].flatMap { scheme in
        ["localhost", "127.0.0.1", "0.0.0.0"].flatMap { host in
            ["\"", "'", "`"].map { $0 + scheme + host }
        }
    }
    /// Words of lines that choose between addresses, or that no browser runs.
    private static let choices = [
        "process.env", "import.meta", "||", "??", " ? ", "NODE_ENV", "isDev", "placeholder", "console.", "hostname",
        "includes(", "startsWith(", "==", "target:", "origin", "fallback", "DEV", "replace(",
    ]

    private static func chooses(_ line: Substring) -> Bool {
        if choices.contains(where: { ByteSearch.contains($0.utf8, in: line.utf8) }) { return true }
        // axios.defaults.baseURL and export default choose nothing.
        return line.trimmed.hasPrefix("?")
            || ByteSearch.contains("default".utf8, in: line.utf8)
                && !["export default", "defaults."].contains { ByteSearch.contains($0.utf8, in: line.utf8) }
    }

    /// Whether the line before asks what is to be done, and not where: `} else if (mode === 'signup') {`.
    private static func isOtherQuestion(_ line: Substring, before call: Substring) -> Bool {
        let places = choices.filter { $0 != "==" }
        return ["fetch(", "axios."].contains { ByteSearch.contains($0.utf8, in: call.utf8) }
            && ByteSearch.contains("if (".utf8, in: line.utf8)
            && !places.contains { ByteSearch.contains($0.utf8, in: line.utf8) }
    }

    /// Whoever writes the address out does it everywhere, and the first places say it.
    private static let mostShown = 3

    static func inCode(of repository: CheckedRepository) -> [Violation] {
        func folders(_ role: Role, _ below: String) -> [String] {
            (repository.app?.services ?? []).filter { $0.role == role }.map { service in
                (service.directory == "." ? "" : service.directory + "/") + below
            }
        }
        let (pages, rendered) = (folders(.spa, "src/"), folders(.ssr, ""))
        guard !pages.isEmpty || !rendered.isEmpty else { return [] }
        let places = repository.tree.entries.flatMap { entry -> [(file: String, line: Int, host: String)] in
            guard endings.contains(where: entry.name.hasSuffix) else { return [] }
            let isPage = pages.contains(where: entry.path.hasPrefix)
            guard isPage || rendered.contains(where: entry.path.hasPrefix),
                !DevelopmentPath.isLikely(entry.path), !isForTests(entry.path),
                let text = repository.tree.text(entry.path),
                text.utf8.count < 200_000, ByteSearch.contains("://", in: text), isPage || isForBrowsers(text)
            else { return [] }
            return lines(of: text).map { (entry.path, $0.line, $0.host) }
        }
        let more = places.count - mostShown
        return places.prefix(mostShown).enumerated().map { index, place in
            let rest = more > 0 && index == 0 ? " (and \(more + mostShown - 1) more places)" : ""
            return Violation(
                file: place.file, line: place.line,
                "every visitor's browser asks its own \(place.host)\(rest); write a path, as in \"/api\", or read the "
                    + "address from a variable of the build")
        }
    }

    /// Whether a component of a page that the server renders works in the browser too: React's mark, or a hook.
    private static func isForBrowsers(_ text: String) -> Bool {
        ["\"use client\"", "'use client'", "useState(", "useEffect("].contains { ByteSearch.contains($0, in: text) }
    }

    /// Pages that a server hands out as they are, without a build.
    static func inPages(of repository: CheckedRepository) -> [Violation] {
        guard repository.isWhole, !repository.composeFiles.isEmpty || !repository.dockerfiles.isEmpty else { return [] }
        return repository.programFiles.flatMap { entry -> [Violation] in
            let aside = ["docs/", "coverage", "report", "public/docs", "storybook", "templates/"]
            guard entry.name.hasSuffix(".html"), !aside.contains(where: entry.path.contains), !isForTests(entry.path),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("://".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let places = Self.lines(of: text).filter { place in
                let lower = lines[place.line - 1].lowercased()
                return ["fetch", "axios", "websocket(", ".open(", "ajax", "url"].contains(where: lower.contains)
            }
            return places.prefix(mostShown).map { place in
                Violation(
                    file: entry.path, line: place.line,
                    "every visitor's browser asks its own \(place.host); write a path that the proxy passes on, as in \"/api\""
                )
            }
        }
    }

    private static func isForTests(_ path: String) -> Bool {
        [
            "__tests__", "__mocks__", ".test.", ".spec.", ".stories.", "mocks/", "setupProxy", "setupTests",
            "vite.config",
            // What generators of clients write, before the program says the address.
            ".gen.", "generated/",
            // What Angular replaces when it builds for production.
            "environments/environment.ts",
        ].contains {
            path.contains($0)
        }
    }

    private static func lines(of text: String) -> [(line: Int, host: String)] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            guard line.utf8.count < 400, ByteSearch.contains("://".utf8, in: line.utf8),
                let start = starts.first(where: { ByteSearch.contains($0.utf8, in: line.utf8) })
            else { return nil }
            let body = line.trimmed
            guard !["//", "*", "/*", "<!--", "{/*", "#"].contains(where: body.hasPrefix), !body.hasPrefix(":") else {
                return nil
            }
            // The choice often stands on the lines before.
            let around = lines[max(0, index - 2)..<index]
            guard !chooses(line), !around.contains(where: { chooses($0) && !isOtherQuestion($0, before: line) }) else {
                return nil
            }
            return (index + 1, String(start.split(separator: "/").last ?? "localhost"))
        }
    }

    /// The path of an address of this machine, where a proxy in the same file takes the visitors in.
    private static func pathBehindProxy(_ value: String, in file: CheckedFile<ComposeFile>) -> String? {
        guard !file.isForDevelopment, ["http://localhost:", "http://127.0.0.1:"].contains(where: value.hasPrefix),
            file.services.contains(where: { service in
                service.ports.contains { $0.published == 80 || $0.published == 443 }
                    && ["nginx", "caddy", "traefik"].contains { (service.image?.text ?? service.name).contains($0) }
            })
        else { return nil }
        let rest = value.dropFirst(7).drop { $0 != "/" }
        return rest.isEmpty ? "/api" : String(rest)
    }

    static func inCompose(of repository: CheckedRepository) -> [Violation] {
        repository.composeFiles.flatMap { file -> [Violation] in
            file.services.flatMap { service -> [Violation] in
                // A browser that runs in a container is on their network.
                guard !DevelopmentPath.isLikely(service.name) else { return [] }
                let given =
                    service.environment.map { ($0.name, $0.value, $0.line) }
                    + (service.build?.arguments ?? []).map { ($0.name, $0.value, $0.line) }
                return given.compactMap { name, value, line in
                    if let value, BrowserVariables.contains(name), let path = pathBehindProxy(value, in: file) {
                        return Violation(
                            file: file.location, line: line,
                            "every browser but the server's own asks its own machine; the proxy of this file serves the same: "
                                + "\(name)=\(path)")
                    }
                    guard BrowserVariables.contains(name), let value, ServiceAddress.isAddress(value),
                        let host = ServiceAddress.host(value), !host.contains("."), file[host] != nil
                    else { return nil }
                    return Violation(
                        file: file.location, line: line,
                        "browsers do not know \(host), which is a name among containers; write the public address, or a "
                            + "path that the proxy passes on: \(name)=/api")
                }
            }
        }
    }
}

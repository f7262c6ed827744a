// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Browsers drop every answer to the deployed page.
    static let localOriginsAlone = Rule(
        "EN232", .warning, "only pages of this machine may ask the deployed application",
        why:
            "The list of origins is a constant that holds localhost alone: the browser of a visitor drops every answer, "
            + "because the page comes from another address.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "server.js": "app.use(cors({\n  origin: ['http://localhost:5173'], // the front end\n}))\n",
            ],
            [
                "render.yaml": "services:\n  - type: web\n    name: a\n    runtime: python\n",
                "main.py":
                    "origins = [\n    \"http://localhost:3000\",\n]\napp.add_middleware(CORSMiddleware, allow_origins=origins)\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21\n",
                "src/main/java/Web.java": "@CrossOrigin(origins = \"http://localhost:4200\")\nclass Web {}\n",
            ],
            ["fly.toml": "app = 'a'\n", "main.go": "cors.Config{AllowOrigins: []string{\"http://localhost:3000\"}}\n"],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      - VITE_API_URL=http://localhost:8000/api\n",
                "nginx.conf": "server {\n  location /api/ {\n    proxy_pass http://api:3000;\n  }\n}\n",
                "server.js": "app.use(cors({ origin: ['http://localhost:5173'] }))\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "server.js": "app.use(cors({ origin: process.env.ORIGIN || 'http://localhost:5173' }))\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "server.js":
                    "app.use(cors({ origin: ['http://localhost:5173', 'https://a.example'] }))\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "server.js": "if (isDev) app.use(cors({ origin: 'http://localhost:5173' }))\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\n",
                "main.py":
                    "origins = [\"http://localhost:3000\"]\nif URL:\n    origins.append(URL)\napp.add_middleware(CORSMiddleware, allow_origins=origins)\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "nginx.conf": "server {\n  location /api/ {\n    proxy_pass http://api:3000;\n  }\n}\n",
                "server.js": "app.use(cors({ origin: 'http://localhost:5173' }))\n",
            ],
            ["server.js": "app.use(cors({ origin: 'http://localhost:5173' }))\n"],
        ]
    ) { repository in
        guard repository.isWhole, isDeployed(repository), !isBehindOneAddress(repository) else { return [] }
        return repository.codeFiles(with: ["localhost", "127.0.0.1"]).compactMap { entry in
            guard let text = repository.tree.text(entry.path), let line = OriginList.onlyLocal(in: text)
            else { return nil }
            return Violation(
                file: entry.path, line: line,
                "browsers drop what the deployed page asks for; take the front end's address from a variable")
        }
    }

    private static func isDeployed(_ repository: CheckedRepository) -> Bool {
        repository.deployedUnits.contains { !$0.isForDevelopment } || !repository.flyFiles.isEmpty
            || !repository.renderBlueprints.isEmpty || !repository.railwayConfigs.isEmpty
            || !repository.procfiles.isEmpty
    }

    /// A proxy gives page and application one address, so no browser asks for permission.
    private static func isBehindOneAddress(_ repository: CheckedRepository) -> Bool {
        if asksAcross(repository) { return false }
        return repository.nginxFiles.contains { !$0.document.all("proxy_pass").isEmpty }
            || repository.tree.entries.contains { ["Caddyfile", "haproxy.cfg", "netlify.toml"].contains($0.name) }
            || repository.composeFiles.contains { $0.text.contains("traefik") }
    }
}

/// The front end that asks another address than its own.
private func asksAcross(_ repository: CheckedRepository) -> Bool {
    repository.composeFiles.contains { file in
        !file.isForDevelopment
            && file.services.contains { service in
                (service.environment + (service.build?.arguments ?? [])).contains { variable in
                    BrowserVariables.contains(variable.name) && variable.value?.hasPrefix("http") == true
                }
            }
    }
}

/// The lists of origins that an application lets ask.
enum OriginList {
    /// Where the list begins, by the words that frameworks have for it.
    private static let openings = [
        "origin:", "origins:", "allow_origins=", "origins=", "CORS_ALLOWED_ORIGINS =", "CORS_ALLOWED_ORIGINS=",
        "@CrossOrigin(", "allowedOrigins(", "setAllowedOrigins(", "AllowOrigins:", "AllowedOrigins:", "WithOrigins(",
        "allow_origins =", "origins =", "Origins =",
    ]
    /// What adds the address of the deployed page later.
    private static let additions = [".append(", ".extend(", ".push(", "+=", ".concat(", ".insert("]

    /// One-based line of a list that names addresses of this machine and no other.
    static func onlyLocal(in text: String) -> Int? {
        guard
            ["cors", "CORS", "Cors", "CrossOrigin", "WithOrigins"].contains(where: { ByteSearch.contains($0, in: text) }
            )
        else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var found: Int?
        for (index, line) in lines.enumerated() {
            guard let opening = openings.first(where: { line.contains($0) }), !isComment(line),
                let start = TextSearch.range(of: opening, in: line)
            else { continue }
            let list = ([line[start.upperBound...]] + lines[(index + 1)...].prefix(12)).joined(separator: "\n")
            guard let names = literals(in: list) else {
                // A list that comes from elsewhere decides, and this one may be its default.
                if line.contains("origin") && isOpen(list) { return nil }
                continue
            }
            if lines.contains(where: { line in
                line.lowercased().contains("origins") && additions.contains(where: line.contains)
            }) {
                return nil
            }
            // Any other address lets the deployed page in.
            guard names.allSatisfy(isLocal) else { return nil }
            let before = lines[max(0, index - 3)...index].joined(separator: " ")
            guard !["if ", "if(", "?", "dev", "Dev", "DEBUG", "Profile"].contains(where: before.contains) else {
                return nil
            }
            found = found ?? index + 1
        }
        return found
    }

    private static func isComment(_ line: Substring) -> Bool {
        ["//", "#", "*"].contains(where: line.trimmed.hasPrefix)
    }

    /// Whether the value is a function or an expression of the environment.
    private static func isOpen(_ list: String) -> Bool {
        ["env", "=>", "function", "config", "settings"].contains { list.prefix(200).contains($0) }
    }

    /// The texts of a list of constants; `nil` when anything else stands in it.
    private static func literals(in text: String) -> [String]? {
        var names: [String] = []
        var depth = 0
        var rest = text[...]
        while let first = rest.first {
            switch first {
            case "\"", "'", "`":
                let body = rest.dropFirst().prefix { $0 != first }
                names.append(String(body))
                rest = rest.dropFirst(body.count + 2)
                if depth == 0 { return names }
                continue
            case "[", "(", "{": depth += 1
            case "]", ")", "}":
                depth -= 1
                // Go's type stands before its values.
                if depth <= 0, !rest.dropFirst().hasPrefix("string{") { return names.isEmpty ? nil : names }
            case "/" where rest.hasPrefix("//"), "#":
                rest = rest.drop { $0 != "\n" }
                continue
            default:
                let word = rest.prefix { $0.isLetter || $0 == "_" || $0 == "." }
                if !word.isEmpty {
                    let known = ["origins", "value", "List.of", "Arrays.asList", "string", "origin"]
                    guard known.contains(String(word)) else { return names.isEmpty || depth > 0 ? nil : names }
                    rest = rest.dropFirst(word.count)
                    continue
                }
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func isLocal(_ origin: String) -> Bool {
        ["http://localhost", "https://localhost", "http://127.0.0.1", "localhost:", "http://0.0.0.0"].contains {
            origin.hasPrefix($0)
        }
    }
}

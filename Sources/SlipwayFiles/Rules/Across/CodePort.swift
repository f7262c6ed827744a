// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// The port that the program itself takes where nobody gives it another one.
struct CodePort {
    let port: UInt16

    /// - Returns: `nil` when the code says none, says several, or a file of the deployment may give another.
    init?(of unit: DeployedUnit) {
        let repository = unit.dockerfile.repository
        guard repository.isWhole, unit.service != nil || !Self.isGivenElsewhere(in: repository),
            let found = Self.runtime(of: unit, in: repository) ?? Self.default(of: unit, in: repository)
        else { return nil }
        port = found
    }

    /// Whether what deploys the image without Compose gives it the port, or may.
    private static func isGivenElsewhere(in repository: CheckedRepository) -> Bool {
        if !repository.renderBlueprints.isEmpty || !repository.railwayConfigs.isEmpty || !repository.procfiles.isEmpty {
            return true
        }
        let texts =
            repository.flyFiles.map(\.text) + repository.manifests.map(\.text) + repository.workflows.map(\.text)
            + repository.scripts.map(\.text) + repository.appManifests.map(\.text)
        return texts.contains { $0.contains("PORT") } || !repository.tree.files(named: "app.yaml").isEmpty
            || !repository.tree.files(named: "cloudbuild.yaml").isEmpty
    }

    /// Names that anything gives to the container.
    private static func given(to unit: DeployedUnit) -> Set<String> {
        var names = Set(unit.service?.environment.map(\.name) ?? [])
        names.formUnion(unit.instructions.filter { $0.keyword == "ENV" }.flatMap(\.pairs).map(\.name))
        for file in unit.service?.environmentFiles ?? [] {
            guard let path = unit.compose?.resolve(file.path),
                let text = unit.dockerfile.repository.tree.text(path)
            else { continue }
            names.formUnion(Dotenv(parsing: text).assignments.map(\.name))
        }
        return names
    }

    /// ASP.NET's images say where it listens: 8080 since version 8, 80 before.
    private static func runtime(of unit: DeployedUnit, in repository: CheckedRepository) -> UInt16? {
        guard let base = unit.dockerfile.finalBase.map(ImageName.init), base.name == "aspnet",
            let major = base.tag.flatMap({ Int($0.prefix { $0.isNumber }) })
        else { return nil }
        let names = given(to: unit)
        guard !names.contains(where: { $0.hasSuffix("URLS") || $0.hasSuffix("HTTP_PORTS") || $0 == "PORT" }) else {
            return nil
        }
        let moves = ["UseUrls(", "Urls.Add(", "Kestrel", "ListenAnyIP(", ".Run(\"http", ".Run($\"http", "--urls"]
        let texts = ["cs", "json"].flatMap { repository.tree.files(ending: $0) }.filter {
            $0.name == "Program.cs" || $0.name == "Startup.cs" || $0.name.hasPrefix("appsettings")
        }.compactMap { repository.tree.text($0.path) }
        guard !texts.contains(where: { text in moves.contains(where: text.contains) }),
            !(unit.start?.text.contains("--urls") ?? false)
        else { return nil }
        return major >= 8 ? 8080 : 80
    }

    private static func `default`(of unit: DeployedUnit, in repository: CheckedRepository) -> UInt16? {
        guard let app = unit.app, let language = app.language, !app.role.isServedFromFiles, app.role != .worker,
            let endings = endings[language], isStartedDirectly(unit, language)
        else { return nil }
        let names = given(to: unit)
        let key = "\(app.directory) \(endings[0])"
        let found =
            repository.codePorts.withLock { $0[key] } ?? said(in: app.directory, by: endings, in: repository)
        repository.codePorts.withLock { $0[key] = found }
        guard !found.contains(where: { $0.name.map(names.contains) ?? false }) else { return nil }
        // A variable that is taken without a default, or a second program, leaves it open.
        let ports = Set(found.map(\.port))
        return ports.count == 1 ? ports.first : nil
    }

    /// A port that a line of code takes, and the variable that it is the default of.
    struct Said: Sendable {
        let port: UInt16
        let name: String?
    }

    private static func said(in directory: String, by endings: [String], in repository: CheckedRepository) -> [Said] {
        let prefix = directory == "." ? "" : directory + "/"
        return repository.code(endings, with: ["PORT", "isten", ".Run(", "port"]).filter { code in
            code.path.hasPrefix(prefix) && !isAside(code.path.dropFirst(prefix.utf8.count))
        }.flatMap { code in code.bare.lazy.filter { $0.utf8.count < 300 }.compactMap(said) }
    }

    private static let endings = [
        "javascript": [".js", ".ts", ".mjs", ".cjs"], "typescript": [".js", ".ts", ".mjs", ".cjs"], "go": [".go"],
    ]

    /// Whether the program is started itself, and no server that takes its port from elsewhere.
    private static func isStartedDirectly(_ unit: DeployedUnit, _ language: String) -> Bool {
        guard let start = unit.start?.text, !start.contains("PORT"), !start.contains("port") else { return false }
        if language == "go" { return true }
        let servers: Set<Substring> = [
            "next", "nuxt", "vite", "serve", "pm2", "pm2-runtime", "nginx", "strapi", "medusa", "remix", "remix-serve",
            "ng",
            "react-scripts", "astro", "supervisord",
        ]
        let words = start.split { " \"',[]".contains($0) } + (unit.server?.line.words ?? []).map { $0[...] }
        return !words.contains(where: servers.contains) && !servers.contains(unit.server?.line.program[...] ?? "")
    }

    /// Pages, scripts and other packages of the folder.
    private static func isAside(_ path: Substring) -> Bool {
        let folders = ["client/", "frontend/", "web/", "scripts/", "packages/", "apps/", "tools/", "e2e/", "public/"]
        return folders.contains(where: path.hasPrefix) || path.contains("config.ts") && path.contains("vite")
    }

    private static let variables: Set<String> = [
        "PORT", "APP_PORT", "SERVER_PORT", "API_PORT", "BACKEND_PORT", "HTTP_PORT", "NODE_PORT",
    ]

    /// `process.env.PORT || 4000`, `getEnv("PORT", "8080")`, `.listen(3000`
    private static func said(in line: String) -> Said? {
        if let range = TextSearch.range(of: "process.env.", in: line[...]) {
            let rest = line[range.upperBound...]
            let name = String(rest.prefix { $0.isLetter || $0 == "_" })
            guard variables.contains(name) else { return nil }
            let after = rest.dropFirst(name.utf8.count).drop { $0 == ")" || $0 == "!" }
            guard after.hasPrefix("||") || after.hasPrefix("??"), let port = number(after.dropFirst(2)) else {
                return nil
            }
            return Said(port: port, name: name)
        }
        for name in variables {
            guard let range = TextSearch.range(of: "('\(name)',", in: line[...]),
                let port = number(line[range.upperBound...])
            else { continue }
            return Said(port: port, name: name)
        }
        for call in [".listen(", "ListenAndServe('", ".Run('", ".Start('", ".Listen('", "Addr:'"] {
            guard let range = TextSearch.range(of: call, in: line[...]), !line.contains("Redis"),
                !line.contains("redis"),
                let port = number(line[range.upperBound...].drop { $0 == ":" })
            else { continue }
            return Said(port: port, name: nil)
        }
        return nil
    }

    private static func number(_ text: Substring) -> UInt16? {
        let digits = text.drop { $0 == "'" || $0 == ":" || $0 == "(" }.prefix { $0.isNumber }
        return digits.utf8.count >= 2 ? UInt16(digits) : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The script of a package that serves its source while somebody edits it.
struct NodeDevelopmentScript {
    /// What runs it, bound to all addresses.
    let command: String
    /// Where it listens, when the tool or the script says that.
    let port: UInt16?

    /// - Returns: `nil` when the package has no such script.
    init?(_ service: Service, _ tree: SourceTree) {
        guard ["javascript", "typescript"].contains(service.language ?? "") else { return nil }
        guard let text = tree.text(Layout.join(service.directory, "package.json")) else {
            guard let nx = Self.nx(service, tree) else { return nil }
            (command, port) = nx
            return
        }
        guard let scripts = JSONDocument(parsing: text, dialect: .tolerant).root?["scripts"] else { return nil }
        var names = ["start:dev", "dev", "develop", "serve"] + (service.role.isServedFromFiles ? ["start"] : [])
        if service.role == .worker, !Self.starts(service, scripts) {
            // Beside a server the usual names are the server's.
            names = [
                "\(service.name):dev", "dev:\(service.name)", "\(service.name):watch", "start:\(service.name):dev",
            ]
        }
        guard let name = names.first(where: { scripts[$0]?.string != nil }), let script = scripts[name]?.string else {
            return nil
        }
        let manager = service.packageManager ?? "npm"
        // What is passed on reaches the last command of the script.
        let words = (script.components(of: "&&").last ?? script).split(separator: " ").map(String.init)
        let tool = words.first { Self.ports[$0] != nil }
        let isAlone = tool != nil && !script.contains("concurrently") && !script.contains("|")
        let isVite = isAlone && ["vite", "astro", "vitest"].contains(tool ?? "") && !words.contains("build")
        let stated = Self.stated(in: script)
        let port = stated ?? Self.configured(service, tree, tool) ?? tool.flatMap { Self.ports[$0] }
        // These listen on loopback only unless told (vite.dev/config/server-options#server-host, angular.dev/cli/serve).
        let isOnLoopback = isVite || isAlone && Self.onLoopback.contains(tool ?? "")
        var more = isOnLoopback && !words.contains(where: { $0.hasPrefix("--host") }) ? ["--host", "0.0.0.0"] : []
        if isVite, stated == nil, let port { more += ["--port", "\(port)"] }
        var command = name == "start" && more.isEmpty ? "\(manager) start" : "\(manager) run \(name)"
        if !more.isEmpty { command += (manager == "npm" ? " -- " : " ") + more.joined(separator: " ") }
        self.command = command
        self.port = port
    }

    /// Whether the package's start script runs this very program.
    private static func starts(_ service: Service, _ scripts: DataNode) -> Bool {
        ["start:prod", "start"].contains { name in
            scripts[name]?.string == service.start || service.start?.hasSuffix("run \(name)") == true
        }
    }

    /// `npx nx serve shop` of an application without a manifest of its own (nx.dev/reference/project-configuration).
    private static func nx(_ service: Service, _ tree: SourceTree) -> (String, UInt16?)? {
        guard let text = tree.text(Layout.join(service.directory, "project.json")),
            let root = JSONDocument(parsing: text, dialect: .tolerant).root,
            let target = root["targets"]?["serve"] ?? root["architect"]?["serve"],
            let name = root["name"]?.string ?? service.directory.split(separator: "/").last.map(String.init)
        else { return nil }
        guard service.role.isServedFromFiles else { return ("npx nx serve \(name)", nil) }
        // Where Nx's front ends listen unless their options say otherwise.
        let port = target["options"]?["port"]?.string.flatMap { UInt16($0) } ?? 4200
        return ("npx nx serve \(name) --host 0.0.0.0 --port \(port)", port)
    }

    private static let onLoopback: Set<String> = ["ng", "nuxt", "nuxi", "docusaurus", "gatsby", "react-router"]

    /// The tools' own defaults.
    private static let ports: [String: UInt16] = [
        "vite": 5173, "react-router": 5173, "astro": 4321, "next": 3000, "nuxt": 3000, "nuxi": 3000,
        "react-scripts": 3000, "craco": 3000, "gatsby": 8000, "docusaurus": 3000, "ng": 4200, "vue-cli-service": 8080,
        "remix": 3000,
    ]

    /// The default of a framework's own server.
    static func port(of framework: String) -> UInt16? {
        switch framework {
        case "create-react-app", "docusaurus": 3000
        case "gatsby": 8000
        case "vue-cli": 8080
        case "angular": 4200
        case "astro": 4321
        default: nil
        }
    }

    /// `--port 3003`, `-p 3003`, `PORT=3003`.
    private static func stated(in script: String) -> UInt16? {
        for before in ["--port ", "--port=", " -p ", "PORT="] {
            guard let range = script.firstRange(of: before) else { continue }
            if let port = UInt16(script[range.upperBound...].prefix { $0.isNumber }) { return port }
        }
        return nil
    }

    /// `server: { port: 3000 }` of Vite's configuration.
    private static func configured(_ service: Service, _ tree: SourceTree, _ tool: String?) -> UInt16? {
        guard tool == "vite" else { return nil }
        for ending in ["ts", "js", "mts", "mjs"] {
            guard let text = tree.text(Layout.join(service.directory, "vite.config.\(ending)")),
                let server = text.firstRange(of: "server:")
            else { continue }
            let block = text[server.upperBound...].prefix(600)
            guard let place = block.firstRange(of: "port:") else { continue }
            return UInt16(block[place.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
        }
        return nil
    }
}

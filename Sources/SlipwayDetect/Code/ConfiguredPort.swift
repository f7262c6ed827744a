// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The port in a configuration file that a program reads by itself: YAML, TOML, JSON, or assignments.
struct ConfiguredPort {
    let number: UInt16
    let file: String
    let line: Int

    private static let folders = [".", "config", "configs", "configuration", "conf", "settings", "etc", "resources"]
    /// Nearest to production first; a template stands for the file that people make of it.
    private static let stems = [
        "production", "prod", "config.production", "config.prod", "base", "default", "config", "configuration",
        "application", "app", "settings", "server", "config.default", "config.example", "config.sample",
        "example.config", "config-example", "local", "config.local", "development", "dev", "config.dev",
        "config.development",
    ]
    private static let endings = ["yaml", "yml", "toml", "json"]
    private static let sections = [
        "server", "http", "http_server", "httpserver", "http-server", "application", "app", "web", "webserver", "api",
        "service", "listen", "rest", "backend", "core", "system", "production", "default", "global",
    ]
    private static let keys = [
        "port", "http_port", "listen_port", "server_port", "app_port", "web_port", "addr", "address",
        "bind", "bind_address", "listen", "listen_addr", "listen_address", "http_addr", "http_address",
        "server_address",
        "server_addr", "bind_addr", "endpoint",
    ].map(plain)
    private static let assignments = [
        "app.env", "config.env", ".env.example", ".env.sample", ".env.template", ".env.dist", ".env-example",
        "example.env", "sample.env", ".env.production", ".env", ".env.defaults", ".env.local.example",
        ".env.development",
    ]
    /// Names that can be no other program's.
    private static let variables = [
        "PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT", "API_PORT", "WEB_PORT", "LISTEN_PORT", "BACKEND_PORT",
        "SERVER_ADDRESS", "SERVER_ADDR", "HTTP_SERVER_ADDRESS", "HTTP_ADDR", "HTTP_ADDRESS", "LISTEN_ADDR",
        "LISTEN_ADDRESS", "BIND_ADDR", "BIND_ADDRESS", "APP_ADDR", "API_ADDR", "HTTP_LISTEN_ADDR", "SERVER_HTTP_PORT",
    ]

    private init(_ number: UInt16, _ file: String, _ line: Int) {
        (self.number, self.file, self.line) = (number, file, line)
    }

    /// The port of a program's own settings.
    /// - Parameter isRead: Whether the code speaks of a name; a file that no code names is somebody else's.
    static func find(in directory: String, _ tree: SourceTree, isRead: (String) -> Bool) -> ConfiguredPort? {
        for folder in folders {
            let place = directory.appending(path: folder)
            guard folder == "." || tree.hasDirectory(place) else { continue }
            for stem in stems {
                for ending in endings {
                    let path = place.appending(path: "\(stem).\(ending)")
                    guard tree.contains(path),
                        isRead("\(stem).\(ending)") || isRead(stem) || folder != "." && isRead(folder),
                        let found = read(path, ending, tree)
                    else { continue }
                    return found
                }
            }
        }
        return nil
    }

    /// What a file of assignments gives a variable, or any variable that is surely the program's own port.
    static func given(_ variable: String?, in directories: [String], _ tree: SourceTree, isRead: (String) -> Bool)
        -> ConfiguredPort?
    {
        let names = variable.map { [$0] } ?? variables
        for path in directories.flatMap({ folder in assignments.map { folder.appending(path: $0) } })
        where tree.contains(path) {
            for name in names {
                if let found = given(name, in: path, tree), variable != nil || isRead(name) { return found }
            }
        }
        return nil
    }

    /// What one file of assignments gives a variable.
    static func given(_ variable: String, in path: String, _ tree: SourceTree) -> ConfiguredPort? {
        guard let text = tree.text(path), text.contains(variable),
            let found = Dotenv(parsing: text).assignments.last(where: { $0.name == variable }),
            let port = port(in: found.value ?? "")
        else { return nil }
        return ConfiguredPort(port, path, found.line)
    }

    private static func read(_ path: String, _ ending: String, _ tree: SourceTree) -> ConfiguredPort? {
        guard let text = tree.text(path) else { return nil }
        let root: DataNode? =
            switch ending {
            case "toml": TOMLDocument(parsing: text).root
            case "json": JSONText.root(of: text)
            default: YAMLDocument(parsing: text).root
            }
        guard let mapping = root?.mapping else { return nil }
        for entry in mapping.entries where sections.contains(entry.key.lowercased()) {
            guard let inner = entry.value.mapping else { continue }
            if let found = port(in: inner, path) { return found }
            for deeper in inner.entries where sections.contains(deeper.key.lowercased()) {
                if let found = deeper.value.mapping.flatMap({ port(in: $0, path) }) { return found }
            }
        }
        return port(in: mapping, path)
    }

    private static func port(in mapping: DataMapping, _ path: String) -> ConfiguredPort? {
        for key in keys {
            guard
                let entry = mapping.entries.first(where: { plain($0.key) == key }),
                let text = entry.value.text, let number = port(in: text)
            else { continue }
            return ConfiguredPort(number, path, entry.line)
        }
        return nil
    }

    /// `http_port`, `http-port`, `HTTPPort` and `httpPort` are one key.
    private static func plain(_ key: String) -> String { key.lowercased().filter { $0 != "_" && $0 != "-" } }

    /// `8080`, `:8080`, `0.0.0.0:8080`, `${PORT:8080}`, `${PORT:-8080}`.
    private static func port(in text: String) -> UInt16? {
        let plain = text.filter { !"\"'} ".contains($0) }
        guard let tail = plain.split(whereSeparator: { $0 == ":" || $0 == "-" }).last, let port = UInt16(tail),
            port >= 80, !InfrastructurePort.isUsual(port), !text.contains("://")
        else { return nil }
        return port
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What `application.properties` and `application.yml` say about listening.
struct JavaSettings {
    private(set) var port: (number: UInt16, variable: String?, file: String, line: Int)?
    private(set) var contextPath: String?
    /// Where the actuator's endpoints are, `/actuator` by default.
    private(set) var managementPath: String?

    private static let places = ["src/main/resources", "src/main/resources/config", "config"]
    /// The base file is read last, because what is found first stays.
    private static let names = ["application", "application-prod", "application-production", "application-dev"]

    init(_ tree: SourceTree, directory: String) {
        for place in Self.places {
            let folder = directory.appending(path: place)
            guard tree.hasDirectory(folder) else { continue }
            for name in Self.names where port == nil {
                for ending in ["yml", "yaml"] { readYAML(folder.appending(path: "\(name).\(ending)"), tree) }
                readProperties(folder.appending(path: "\(name).properties"), tree)
            }
            let path = folder.appending(path: "application.conf")
            readKtor(tree.text(path), path)
        }
        if contextPath == "/" { contextPath = nil }
    }

    private mutating func readYAML(_ path: String, _ tree: SourceTree) {
        guard let text = tree.text(path) else { return }
        let roots = YAMLDocument(parsing: text).roots
        // A document for one profile says less than one for all.
        func isForProfile(_ root: DataNode) -> Bool {
            root.at("spring", "config", "activate") != nil || root.at("spring", "profiles") != nil
                || root["spring.profiles"] != nil || root["spring.config.activate.on-profile"] != nil
        }
        for root in roots.filter({ !isForProfile($0) }) + roots.filter(isForProfile) {
            if port == nil,
                let node = root.at("server", "port") ?? root.at("quarkus", "http", "port") ?? root["server.port"]
                    ?? root.at("ktor", "deployment", "port") ?? root.at("micronaut", "server", "port")
            {
                read(node.text, path, node.line)
            }
            contextPath = contextPath ?? root.at("server", "servlet", "context-path")?.string
            managementPath = managementPath ?? root.at("management", "endpoints", "web", "base-path")?.string
        }
    }

    private mutating func readProperties(_ path: String, _ tree: SourceTree) {
        for (index, line) in (tree.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "server.port", "quarkus.http.port", "micronaut.server.port": read(parts[1], path, index + 1)
            case "server.servlet.context-path", "server.servlet.contextPath": contextPath = parts[1]
            case "management.endpoints.web.base-path": managementPath = parts[1]
            default: continue
            }
        }
    }

    /// Ktor's HOCON: `port = 8080`, and `port = ${?PORT}` that overrides it.
    private mutating func readKtor(_ text: String?, _ path: String) {
        var number: (UInt16, Int)?
        var variable: String?
        for (index, line) in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            guard parts.count == 2, parts[0] == "port" else { continue }
            if let port = UInt16(parts[1]) { number = (port, index + 1) }
            if parts[1].hasPrefix("${?") { variable = String(parts[1].dropFirst(3).dropLast()) }
        }
        guard number != nil || variable != nil else { return }
        port = (number?.0 ?? 8080, variable, path, number?.1 ?? 1)
    }

    /// `8081`, `${PORT:8081}`, or Ktor's `$PORT:8081`.
    private mutating func read(_ text: String?, _ file: String, _ line: Int) {
        guard let text else { return }
        if let number = UInt16(text) {
            port = (number, nil, file, line)
        } else if text.hasPrefix("$") {
            let parts = text.filter { !"${}".contains($0) }.split(separator: ":", maxSplits: 1)
            guard let name = parts.first else { return }
            port = (parts.count > 1 ? UInt16(parts[1]) ?? 8080 : 8080, String(name), file, line)
        }
    }
}

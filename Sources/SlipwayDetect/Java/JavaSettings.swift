// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What `application.properties` and `application.yml` say about listening.
struct JavaSettings {
    private(set) var port: (number: UInt16, variable: String?, file: String, line: Int)?
    private(set) var contextPath: String?

    init(_ tree: SourceTree, directory: String) {
        let folder = directory.appending(path: "src/main/resources")
        for name in ["application.yml", "application.yaml"] {
            let path = folder.appending(path: name)
            guard let text = tree.text(path), let root = YAMLDocument(parsing: text).root else { continue }
            if let node = root["server"]?["port"] ?? root["quarkus"]?["http"]?["port"]
                ?? root.at("ktor", "deployment", "port") ?? root.at("micronaut", "server", "port")
            {
                read(node.text, path, node.line)
            }
            contextPath = root.at("server", "servlet", "context-path")?.string ?? contextPath
        }
        readKtor(tree.text(folder.appending(path: "application.conf")), folder.appending(path: "application.conf"))
        let path = folder.appending(path: "application.properties")
        for (index, line) in (tree.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "server.port", "quarkus.http.port": read(parts[1], path, index + 1)
            case "server.servlet.context-path", "server.servlet.contextPath": contextPath = parts[1]
            default: continue
            }
        }
        if contextPath == "/" { contextPath = nil }
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

    /// `8081` or `${PORT:8081}`.
    private mutating func read(_ text: String?, _ file: String, _ line: Int) {
        guard let text else { return }
        if let number = UInt16(text) {
            port = (number, nil, file, line)
        } else if text.hasPrefix("${"), text.hasSuffix("}") {
            let parts = text.dropFirst(2).dropLast().split(separator: ":", maxSplits: 1)
            guard let name = parts.first else { return }
            port = (parts.count > 1 ? UInt16(parts[1]) ?? 8080 : 8080, String(name), file, line)
        }
    }
}

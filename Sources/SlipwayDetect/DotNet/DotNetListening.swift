// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Where an ASP.NET Core program says that it listens: in its code, or in the settings that Kestrel reads
/// (learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/endpoints).
enum DotNetListening {
    static func port(in code: CodeBase, _ tree: SourceTree) -> (number: UInt16, file: String, line: Int, why: String)? {
        let calls = ["UseUrls(", ".Run(\"http", "ListenAnyIP(", "Urls.Add(", ".Listen(IPAddress"]
        let stated = code.first { line -> (number: UInt16, file: String, line: Int, why: String)? in
            guard let call = calls.first(where: { line.text.has($0) }), !line.text.has("https:"),
                let start = line.text.range(ofText: call),
                let port = line.text[start.upperBound...].split(whereSeparator: { !$0.isNumber })
                    .lazy.compactMap({ UInt16($0) }).last(where: { $0 >= 80 })
            else { return nil }
            return (port, line.file, line.number, "address in the code")
        }
        if let stated { return stated }
        for name in ["appsettings.Production.json", "appsettings.json"] {
            let path = code.directory.appending(path: name)
            guard let root = tree.text(path).flatMap({ JSONText.root(of: $0) }) else { continue }
            let endpoints = root.at("Kestrel", "Endpoints")?.mapping?.entries.compactMap { $0.value["Url"] } ?? []
            for node in endpoints + [root["Urls"], root["urls"]].compactMap(\.self) {
                if let port = port(ofAddresses: node.string ?? "") {
                    return (port, path, node.line, "Kestrel's endpoint")
                }
            }
        }
        return nil
    }

    /// The first plain address of `http://+:5000;https://+:5001`, or a bare `8080`.
    static func port(ofAddresses text: String) -> UInt16? {
        for address in text.split(whereSeparator: { $0 == ";" || $0 == "," }) where !address.hasPrefix("https") {
            let tail = address.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
            if let port = UInt16(tail) { return port }
        }
        return nil
    }
}

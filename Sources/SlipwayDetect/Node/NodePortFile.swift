// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The port that a package's environment template gives where its code has no default.
enum NodePortFile {
    private static let names = [
        ".env.example", ".env.sample", ".env.template", ".env.production", ".env", ".env.dist", ".env.development",
        ".env.local.example", "example.env", "sample.env", ".env.defaults",
    ]

    static func find(
        _ variable: String, for project: NodeProject, _ tree: SourceTree
    ) -> (port: UInt16, file: String, line: Int)? {
        let own = names.map { project.path($0) } + names.map { project.path("config").appending(path: $0) }
        let folders =
            own
            + (project.workspaceRoot == project.directory
                ? [] : names.map { project.workspaceRoot.appending(path: $0) })
        for path in folders {
            guard let text = tree.text(path) else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard line.hasPrefix(variable), let equals = line.firstIndex(of: "="),
                    line[..<equals].filter({ $0 != " " }) == variable
                else { continue }
                let value = line[line.index(after: equals)...].filter {
                    $0 != " " && $0 != "\"" && $0 != "'" && $0 != "\r"
                }
                if let port = UInt16(value.prefix { $0 != "#" }) { return (port, path, index + 1) }
            }
        }
        return nil
    }
}

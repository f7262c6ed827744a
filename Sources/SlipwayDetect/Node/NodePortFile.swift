// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a package's environment templates give where its code has no default.
enum NodePortFile {
    private static let names = [
        ".env.example", ".env.sample", ".env.template", ".env.production", ".env", ".env.dist", ".env.development",
        ".env.local.example", "example.env", "sample.env", ".env.defaults",
    ]

    static func find(
        _ variable: String, for project: NodeProject, _ tree: SourceTree
    ) -> (port: UInt16, file: String, line: Int)? {
        values(of: variable, for: project, tree).lazy.compactMap { given in
            UInt16(given.value).map { ($0, given.file, given.line) }
        }.first
    }

    /// What the templates say of a variable, the nearest first.
    static func values(
        of variable: String, for project: NodeProject, _ tree: SourceTree
    ) -> [(value: String, file: String, line: Int)] {
        let own = names.map { project.path($0) } + names.map { project.path("config").appending(path: $0) }
        let folders =
            own
            + (project.workspaceRoot == project.directory
                ? [] : names.map { project.workspaceRoot.appending(path: $0) })
        var found: [(value: String, file: String, line: Int)] = []
        for path in folders {
            guard let text = tree.text(path) else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard line.hasPrefix(variable), let equals = line.firstIndex(of: "="),
                    line[..<equals].filter({ $0 != " " }) == variable
                else { continue }
                let value = line[line.index(after: equals)...].filter {
                    $0 != " " && $0 != "\"" && $0 != "'" && $0 != "\r"
                }
                found.append((String(value.prefix { $0 != "#" }), path, index + 1))
            }
        }
        return found
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Health checks that middleware answers before any route is looked at: `if request.path == "/healthz":`.
enum PythonHealthChecks {
    /// The best such path of a code base, with where it stands.
    static func find(in project: PythonProject) -> (path: String, file: String, line: Int)? {
        let tree = project.modules.tree
        var found: [(path: String, file: String, line: Int)] = []
        for entry in tree.files(under: project.directory)
        where entry.path.utf8.suffix(3).isEqual(to: ".py".utf8) && entry.path.utf8.contains("middleware") {
            guard !Candidate.isAside(entry.directory), let text = tree.text(entry.path),
                text.utf8.contains("path") || text.utf8.contains("PATH_INFO")
            else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard line.has("path") || line.has("PATH_INFO"), line.has("==") || line.has(" in ") else { continue }
                for literal in CodeLine(file: entry.path, number: index + 1, indentation: 0, text: line).literals
                where literal.hasPrefix("/") && HealthPath.rank(literal) != nil {
                    found.append((literal, entry.path, index + 1))
                }
            }
        }
        let best = HealthPath.best(found.map(\.path))
        return found.first { $0.path == best }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What Node libraries read by themselves, so that the code that uses them names no variable.
enum NodeLibraryVariables {
    private struct Row {
        var package: String
        var names: [String]
    }

    /// Libraries that cannot work without these, each from the library's own manual: clerk.com/docs (environment
    /// variables), vercel.com/docs/storage (`sql`, `kv` and `put` without arguments).
    private static let rows = [
        Row(package: "@clerk/nextjs", names: ["CLERK_SECRET_KEY", "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY"]),
        Row(package: "@vercel/postgres", names: ["POSTGRES_URL"]),
        Row(package: "@vercel/kv", names: ["KV_REST_API_TOKEN", "KV_REST_API_URL"]),
        Row(package: "@vercel/blob", names: ["BLOB_READ_WRITE_TOKEN"]),
    ]

    static func reads(_ tree: SourceTree) -> [VariableRead] {
        tree.files(named: "package.json").flatMap { entry -> [VariableRead] in
            guard SourceFilter.isApplication(entry.path), let text = tree.text(entry.path),
                rows.contains(where: { text.contains("\"\($0.package)\"") }),
                let dependencies = JSONText.root(of: text)?["dependencies"]
            else { return [] }
            var file = FileReads(Code(path: entry.path, language: .yaml, bytes: []))
            for row in rows {
                guard let line = dependencies[row.package]?.line else { continue }
                for name in row.names {
                    file.add(name, line: line, required: true, phase: EnvironmentName.isBaked(name) ? .build : .run)
                }
            }
            return file.effective
        }
    }
}

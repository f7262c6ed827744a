// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Whether anything can read a variable by its name.
enum SecretReads {
    /// What images of databases and the like read by themselves.
    private static let ofImages = [
        "POSTGRES", "MYSQL", "MARIADB", "MONGO", "REDIS", "RABBITMQ", "MINIO", "KEYCLOAK", "KC_", "PGADMIN", "GF_",
        "ELASTIC", "SA_PASSWORD", "MSSQL", "NEO4J", "SPRING", "AWS_", "SMTP", "MAIL",
    ]

    /// Without code there is nothing to compare with; libraries read a setting under other forms of its name.
    static func isPossible(_ name: String, in repository: CheckedRepository) -> Bool {
        guard !repository.codeFiles.isEmpty, !ofImages.contains(where: name.hasPrefix) else { return true }
        let short = name.split(separator: "_", maxSplits: 1).last.map(String.init) ?? name
        let forms = [name, name.lowercased(), short, short.lowercased()].map { Array($0.utf8) }
        return repository.tree.entries.contains { entry in
            guard FileFormat(path: entry.path) != .dotenv, !entry.path.contains("node_modules/"),
                ![".md", ".lock", ".svg", ".map", ".txt"].contains(where: entry.name.hasSuffix),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            return forms.contains { RouteSearch.contains(bytes, $0) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// ERROR: syntax error at or near "NOT"
    static let foreignSQL = Rule(
        "CO165", .error, "a script for PostgreSQL's first start is written for MySQL",
        why:
            "The image runs the script with ON_ERROR_STOP: the first statement that PostgreSQL does not know ends the first "
            + "start, and the next one finds a half-made database.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./init.sql:/docker-entrypoint-initdb.d/init.sql']\n",
                "init.sql": "CREATE DATABASE IF NOT EXISTS shop;\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./sql:/docker-entrypoint-initdb.d']\n",
                "sql/1.sql": "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY);\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8\n    volumes: ['./init.sql:/docker-entrypoint-initdb.d/init.sql']\n",
                "init.sql": "CREATE DATABASE IF NOT EXISTS shop;\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./init.sql:/docker-entrypoint-initdb.d/init.sql']\n",
                "init.sql": "-- CREATE DATABASE IF NOT EXISTS shop;\nCREATE TABLE IF NOT EXISTS a (id serial);\n",
            ],
        ]
    ) { file in
        let tree = file.repository.tree
        // postgresql.org/docs/current/sql-createdatabase.html; the others are MySQL's alone.
        let foreign = ["CREATE DATABASE IF NOT EXISTS", "AUTO_INCREMENT", "ENGINE=INNODB", "ENGINE = INNODB"]
        return file.services.flatMap { service -> [Violation] in
            guard let image = service.image, ["postgres", "postgis"].contains(ImageName(image.text).name) else {
                return []
            }
            return service.mounts.filter { $0.target.hasPrefix("/docker-entrypoint-initdb.d") }
                .compactMap { mount -> Violation? in
                    guard let source = mount.source.flatMap(file.resolve) else { return nil }
                    let paths = tree.contains(source) ? [source] : tree.files(under: source).map(\.path)
                    for path in paths where path.hasSuffix(".sql") {
                        guard let text = tree.text(path), text.utf8.count < 1 << 20 else { continue }
                        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                        for (index, line) in lines.enumerated() where !line.trimmed.hasPrefix("--") {
                            let upper = line.uppercased()
                            guard let sign = foreign.first(where: upper.contains) else { continue }
                            return Violation(
                                line: mount.position.line,
                                "\(path):\(index + 1) says \(sign), which PostgreSQL refuses; \(advice(sign))")
                        }
                    }
                    return nil
                }
        }
    }

    private static func advice(_ sign: String) -> String {
        switch sign {
        case "CREATE DATABASE IF NOT EXISTS": "leave it out, and write in the service: POSTGRES_DB: NAME"
        case "AUTO_INCREMENT": "write: GENERATED ALWAYS AS IDENTITY"
        default: "leave it out"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Inside the container localhost is the container.
    static let localhostInTemplate = Rule(
        "AP199", .warning, "the template's database is localhost, and Compose runs it in a container of its own",
        why: "The application reads the copied template inside its container, where localhost is the container itself: "
            + "the connection is refused.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n  php:\n    build: docker/php\n    volumes: ['./:/var/www/app']\n",
                "docker/php/Dockerfile": "FROM php:8.4-fpm\n", ".env.example": "APP_ENV=local\nDB_HOST=localhost\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n  php:\n    build: docker/php\n    volumes: ['./:/var/www/app']\n",
                "docker/php/Dockerfile": "FROM php:8.4-fpm\n", ".env.example": "APP_ENV=local\nDB_HOST=db\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n  php:\n    build: docker/php\n    environment: {DB_HOST: db}\n    volumes: ['./:/var/www/app']\n",
                "docker/php/Dockerfile": "FROM php:8.4-fpm\n", ".env.example": "APP_ENV=local\nDB_HOST=localhost\n",
            ],
            ["compose.yml": "services:\n  db:\n    image: mysql:8.4\n", ".env.example": "DB_HOST=localhost\n"],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            guard let store = file.services.first(where: { file.known($0)?.kind == .database }) else { return [] }
            return file.services.flatMap { service -> [Violation] in
                guard service.build != nil, service.node["network_mode"] == nil, service.environmentFiles.isEmpty else {
                    return []
                }
                let folders = service.mounts.filter { $0.kind == .bind }.compactMap { $0.source.flatMap(file.resolve) }
                let given = Set(file.anywhere(service.name).flatMap(\.environment).map(\.name))
                return folders.flatMap { folder -> [Violation] in
                    let path = GoPath.clean(folder + "/.env.example")
                    guard let text = repository.tree.text(path) else { return [] }
                    return Dotenv(parsing: text).assignments.filter { assignment in
                        ["DB_HOST", "DATABASE_HOST", "POSTGRES_HOST", "MYSQL_HOST"].contains(assignment.name)
                            && ["localhost", "127.0.0.1"].contains(assignment.value) && !given.contains(assignment.name)
                    }.map {
                        Violation(
                            file: path, line: $0.line,
                            "\(service.name) would ask itself for the database; write: \($0.name)=\(store.name)")
                    }
                }
            }
        }
    }
}

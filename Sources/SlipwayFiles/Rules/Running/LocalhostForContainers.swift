// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A container that looks for its database on localhost looks into itself.
    static let localhostForContainer = Rule(
        "AP299", .warning, "Compose hands the template's localhost to a container",
        why:
            "People copy the template to .env, and Compose gives it to the container: there localhost is the container "
            + "itself, and the connection is refused.",
        catches: [
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@localhost:5432/a\n", "Dockerfile": "FROM node:22\n",
                "docker-compose.yml":
                    "services:\n  api:\n    build: .\n    env_file: .env\n  db:\n    image: postgres:17\n",
            ],
            [
                ".env.example": "REDIS_HOST=localhost\n", "Dockerfile": "FROM node:22\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    env_file:\n      - .env\n",
            ],
            [
                ".env.example": "POSTGRES__HOST=\"localhost\"\n", "Dockerfile": "FROM python:3.13\n",
                "docker-compose.yml":
                    "services:\n  api:\n    build: .\n    environment:\n      POSTGRES__HOST: ${POSTGRES__HOST}\n  postgres:\n    image: postgres:17\n",
            ],
            [
                ".env.example": "DB_HOST=localhost\n", "src/main.py": "run()\n",
                "docker-compose.prod.yml":
                    "services:\n  api:\n    image: python:3.13\n    command: python src/main.py\n    env_file: .env\n    environment:\n      DB_HOST: ${DB_HOST}\n    volumes: ['./src:/app/src']\n",
            ],
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@localhost:5432/a\n", "Dockerfile": "FROM node:22\n",
                "docker-compose.yml":
                    "services:\n  api:\n    build: .\n    env_file: .env\n    environment:\n      DATABASE_URL: postgresql://a:b@db/a\n",
            ],
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@db:5432/a\n", "Dockerfile": "FROM node:22\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    env_file: .env\n",
            ],
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@localhost:5432/a\n", "Dockerfile": "FROM node:22\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    network_mode: host\n    env_file: .env\n",
            ],
            [
                ".env.example": "DB_HOST=localhost\n", "Dockerfile": "FROM python:3.13\n",
                "docker-compose.yml":
                    "services:\n  api:\n    build: .\n    env_file: .env\n    environment:\n      DB_HOST: ${DB_HOST_IN_DOCKER:-db}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.composeFiles.flatMap { file -> [Violation] in
            guard !file.isForDevelopment else { return [] }
            var seen: Set<String> = []
            return file.services.flatMap { service -> [Violation] in
                guard runsOwnCode(service, in: file), service.node["network_mode"] == nil else { return [] }
                let given = file.anywhere(service.name).flatMap(\.environment)
                // What only hands on the name's own value says nothing of its own.
                let handedOn = Set(given.filter { isHandedOn($0) }.map(\.name))
                let settled = Set(given.map(\.name)).subtracting(handedOn)
                let own = service.environmentFiles.compactMap { file.resolve($0.path) }
                let beside = GoPath.clean(file.folder + "/.env")
                let sources = own + (handedOn.isEmpty || own.contains(beside) ? [] : [beside])
                return sources.flatMap { path -> [Violation] in
                    guard !repository.tree.contains(path) else { return [] }
                    let template = [".example", ".sample", ".template"].map { path + $0 }.first(
                        where: repository.tree.contains)
                    guard let template, let text = repository.tree.text(template) else { return [] }
                    return Dotenv(parsing: text).assignments.compactMap { assignment in
                        guard !settled.contains(assignment.name),
                            own.contains(path) || handedOn.contains(assignment.name),
                            StoreOnLocalhost.isNamed(assignment), seen.insert(template + assignment.name).inserted
                        else { return nil }
                        return Violation(
                            file: template, line: assignment.line,
                            "\(service.name) gets it and asks itself; write in \(file.location) below environment: "
                                + "\(assignment.name) with the service's name for localhost")
                    }
                }
            }
        }
    }

    /// An image of its own, or its source mounted into one of a language.
    private static func runsOwnCode(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        if service.build != nil { return true }
        return service.node["command"] != nil
            && service.mounts.contains { mount in
                mount.kind == .bind
                    && mount.source.flatMap(file.resolve).map(file.repository.tree.hasDirectory) == true
            } && file.known(service)?.kind != .database
    }

    /// `NAME: ${NAME}`, as written or with the value that nobody has set.
    private static func isHandedOn(_ variable: PlacedVariable) -> Bool {
        guard let value = variable.value else { return true }
        return value.isEmpty || value == "${\(variable.name)}" || value == "$\(variable.name)"
    }
}

enum StoreOnLocalhost {
    private static let schemes = [
        "postgres", "postgresql", "mysql", "mariadb", "mongodb", "redis", "rediss", "amqp", "jdbc:postgresql",
        "jdbc:mysql",
    ]
    private static let hosts: Set<String> = [
        "DB_HOST", "DATABASE_HOST", "POSTGRES_HOST", "MYSQL_HOST", "REDIS_HOST", "MONGO_HOST", "RABBITMQ_HOST",
        "PGHOST",
    ]

    static func isNamed(_ assignment: DotenvAssignment) -> Bool {
        guard let value = assignment.value else { return false }
        if hosts.contains(assignment.name.replacing("__", with: "_")) {
            return ["localhost", "127.0.0.1"].contains(value)
        }
        guard let mark = TextSearch.range(of: "://", in: value[...]),
            schemes.contains(String(value[..<mark.lowerBound].prefix { $0 != "+" }))
        else { return false }
        let place = value[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }.split(separator: "@").last ?? ""
        return ["localhost", "127.0.0.1"].contains(String(place.prefix { $0 != ":" }))
    }
}

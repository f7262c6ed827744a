// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Compose fills `${...}` from .env alone, not from a service's env_file.
    static let credentialsOfAnotherFile = Rule(
        "AP225", .error, "the database is made with defaults and addressed with an env_file's words",
        why:
            "Compose fills ${NAME:-default} from the shell and from .env, not from a service's env_file. The database gets "
            + "the defaults, the application the file's account or password, and its login is refused.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: ${POSTGRES_USER:-shop}\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-shop}\n  web:\n    build: .\n    env_file: .env.dev\n",
                ".env.dev": "DATABASE_URL=postgres://postgres:postgres@db:5432/shop\n",
                "Dockerfile": "FROM python:3.13\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: ${POSTGRES_USER:-shop}\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-shop}\n  web:\n    build: .\n    env_file: .env.dev\n",
                ".env.dev": "DATABASE_URL=postgres://shop:shop@db:5432/shop\n", "Dockerfile": "FROM python:3.13\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: ${POSTGRES_USER:-shop}\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-shop}\n  web:\n    build: .\n    env_file: .env.dev\n",
                ".env.dev": "DATABASE_URL=postgres://postgres:postgres@db:5432/shop\n",
                "Dockerfile": "FROM python:3.13\n",
                "Makefile": "up:\n\tdocker compose --env-file .env.dev up\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        let files = repository.composeFiles.filter { !tree.contains(GoPath.clean($0.folder + "/.env")) }
        guard !files.isEmpty, !isGivenOnTheCommandLine(tree) else { return [] }
        return files.flatMap { file -> [Violation] in
            let written = StoreAccess.written(file)
            return file.services.flatMap { store -> [Violation] in
                // Every word of the database is a literal or has a default.
                guard let image = file.known(store), let raw = written.first(where: { $0.name == store.name }),
                    raw.environment.contains(where: { $0.value?.contains(":-") == true }),
                    raw.environment.allSatisfy({ $0.value?.contains("$") != true || $0.value?.contains(":-") == true }),
                    file.anywhere(store.name).count == 1 || file.isBesideOthers, let facts = StoreFacts(store, image)
                else { return [] }
                return written.flatMap { service -> [Violation] in
                    service.environmentFiles.compactMap { given -> Violation? in
                        guard let path = file.resolve(given.path), let text = tree.text(path) else { return nil }
                        let own = Set(service.environment.map(\.name))
                        let variables = Dotenv(parsing: text).assignments.filter { !own.contains($0.name) }.map {
                            PlacedVariable(
                                name: $0.name, value: $0.value, position: SourcePosition(line: $0.line, column: 1))
                        }
                        guard
                            let access = StoreAccess.of(variables).first(where: {
                                $0.isOn(store) && facts.refuses($0) != nil
                            }),
                            let wrong = facts.refuses(access)
                        else { return nil }
                        return Violation(
                            file: file.location, line: raw.environment.first?.line ?? store.line,
                            "\(store.name) \(wrong) (\(access.name) of \(path):\(access.line) is other); or give the database the same "
                                + "env_file", severity: file.isForDevelopment ? .warning : .error)
                    }
                }
            }
        }
    }

    private static func isGivenOnTheCommandLine(_ tree: SourceTree) -> Bool {
        let endings = ["md", "sh", "yml"].flatMap(tree.files(ending:))
        return (endings + ["Makefile", "package.json"].flatMap(tree.files(named:))).contains { entry in
            !entry.path.contains("node_modules/")
                && tree.bytes(entry.path).map { RouteSearch.contains($0, Array("--env-file".utf8)) } == true
        }
    }
}

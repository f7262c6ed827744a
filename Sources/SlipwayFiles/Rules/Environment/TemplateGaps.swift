// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Who follows the template is stopped.
    static let requiredNotInTemplate = Rule(
        "EN226", .warning, "Compose insists on a variable that the template does not name",
        why: "Whoever copies the template to .env and fills it in is stopped by Compose: required variable is missing.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    image: web:1\n    environment:\n      HOST: ${HOST_NAME}\n      KEY: ${API_SECRET:?}\n",
                ".env.example": "HOST_NAME=a\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n    environment:\n      KEY: ${API_SECRET:?}\n",
                ".env.example": "# API_SECRET=\nHOST_NAME=a\n",
            ],
            ["compose.yml": "services:\n  web:\n    image: web:1\n    environment:\n      KEY: ${API_SECRET:?}\n"],
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n    environment:\n      KEY: ${API_SECRET:?}\n",
                ".env.docker.example": "API_SECRET=\n", ".env.example": "HOST_NAME=a\n",
            ],
            [
                "compose.yml":
                    "# cp .env.docker.example .env\nservices:\n  web:\n    image: web:1\n    environment:\n      KEY: ${API_SECRET:?}\n",
                ".env.example": "HOST_NAME=a\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    image: web:1\n    environment:\n      HOST: ${HOST_NAME}\n      KEY: ${API_SECRET:-}\n",
                ".env.example": "HOST_NAME=a\n",
            ],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            let tree = repository.tree
            let path = GoPath.clean(file.folder + "/.env")
            guard !tree.contains(path), let template = DotenvTemplates.of(path, in: tree) else { return [] }
            // Whoever reads the file's head is sent to the file that it names.
            let isSentElsewhere = (tree.text(file.location) ?? "").split(separator: "\n").contains { line in
                line.hasPrefix("#") && line.contains(".env.") && !line.contains(SourceTree.Entry(path: template).name)
            }
            guard !isSentElsewhere else { return [] }
            let text = DotenvTemplates.around(path, in: tree).compactMap(tree.text).joined(separator: "\n")
            var seen: Set<String> = []
            return file.references.compactMap { use -> Violation? in
                let reference = use.reference
                guard reference.operator == "?" || reference.operator == ":?",
                    !ComposeVariables.areSet.contains(reference.name), !text.contains(reference.name),
                    seen.insert(reference.name).inserted
                else { return nil }
                return Violation(
                    file: file.location, line: use.line,
                    "\(template) does not name \(reference.name); add the line: \(reference.name)=",
                    severity: file.isForDevelopment ? .info : .warning)
            }
        }
    }

    /// A value in .env gives a container nothing by itself.
    static let reachesNoContainer = Rule(
        "EN227", .warning, "a variable of the template reaches no container",
        why:
            "Compose reads .env for its own ${...} alone. What a service does not name under environment or env_file does "
            + "not exist in the container, and the code goes on without it.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      DB_HOST: db\n",
                    "Dockerfile": "FROM node:22\nCOPY a.js .\nCMD [\"node\", \"a.js\"]\n",
                    ".env.example": "API_TOKEN=\n",
                    "a.js": "const token = process.env.API_TOKEN\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "API_TOKEN", services: ["web"], origins: ["a.js:1"])]))
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      DB_HOST: db\n      API_TOKEN: ${API_TOKEN:-}\n",
                    "Dockerfile": "FROM node:22\nCOPY a.js .\nCMD [\"node\", \"a.js\"]\n",
                    ".env.example": "API_TOKEN=\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "API_TOKEN", services: ["web"], origins: ["a.js:1"])])),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n",
                    "Dockerfile": "FROM node:22\nCOPY a.js .\nCMD [\"node\", \"a.js\"]\n",
                    ".env.example": "API_TOKEN=\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "API_TOKEN", services: ["web"], origins: ["a.js:1"])])),
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        return repository.deployedUnits.compactMap { unit -> Violation? in
            guard let service = unit.service, let compose = unit.compose, let own = unit.app, !unit.isForDevelopment,
                !unit.mountsItsSource, service.environmentFiles.isEmpty, let given = GivenNames.of(unit),
                let template = DotenvTemplates.of(GoPath.clean(compose.folder + "/.env"), in: repository.tree),
                let text = repository.tree.text(template)
            else { return nil }
            let named = Set(Dotenv(parsing: text).assignments.map(\.name))
            let used = Set(compose.family.flatMap { $0.references.map(\.reference.name) })
            let lost = app.variables.filter { variable in
                variable.services.contains(own.name) && named.contains(variable.name) && !given.contains(variable.name)
                    && !used.contains(variable.name) && variable.phase != .build && !variable.required
                    && variable.default == nil && !BrowserVariables.contains(variable.name)
                    && !["NODE_ENV", "PORT", "HOST", "TZ", "LOG_LEVEL"].contains(variable.name)
            }.map(\.name).sorted()
            // Switches that stay off are what most of these are; keys change what the application allows.
            guard let first = lost.first(where: SecretText.isSecret) else { return nil }
            return Violation(
                file: compose.location, line: service.node["environment"]?.line ?? service.line,
                "\(service.name) reads \(lost.prefix(5).joined(separator: ", ")) of \(template), and gets nothing; add: "
                    + "\(first): ${\(first):-}")
        }
    }
}

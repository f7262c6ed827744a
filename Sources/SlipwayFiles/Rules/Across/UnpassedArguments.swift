// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The Dockerfile asks, and nobody answers.
    static let unpassedArgument = Rule(
        "AP565", .warning, "Compose builds a front end without the value that its Dockerfile asks for",
        why:
            "ARG takes its value from build.args alone: neither environment nor env_file nor .env reaches it, and the bundle "
            + "is made with an empty one.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: ./web\n    env_file: .env\n",
                    "web/Dockerfile":
                        "FROM node:22 AS build\nARG VITE_API_URL\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: .exampleBundle)
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build:\n      context: ./web\n      args:\n        VITE_API_URL: /api\n",
                    "web/Dockerfile":
                        "FROM node:22 AS build\nARG VITE_API_URL\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: .exampleBundle),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: ./web\n",
                    "web/Dockerfile":
                        "FROM node:22 AS build\nARG VITE_API_URL=\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: .exampleBundle),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard let build = unit.service?.build, let compose = unit.compose, let service = unit.app,
                !compose.isForDevelopment, !unit.isForDevelopment, unit.server?.line.isForDevelopment != true
            else { return nil }
            let asked = unit.dockerfile.reading.file.instructions.filter { $0.keyword == "ARG" }.flatMap(\.pairs)
                .filter { $0.value == nil && BrowserVariables.contains($0.name) }.map(\.name)
            let passed = Set(build.arguments.map(\.name))
            let committed = CommittedDotenv.names(in: service.directory, of: repository)
            let missing = Set(asked).subtracting(passed).filter { name in
                // A default of the code is what the page goes on with, and often what is meant.
                app.variables.contains { $0.name == name && $0.services.contains(service.name) && $0.default == nil }
                    && !committed.contains(name)
            }.sorted()
            guard let first = missing.first else { return nil }
            return Violation(
                file: compose.location, line: build.position.line,
                "\(unit.dockerfile.location) asks for \(missing.joined(separator: ", ")), and the build is given nothing; "
                    + "write below build: args: {\(first): ${\(first):?}}")
        }
    }
}

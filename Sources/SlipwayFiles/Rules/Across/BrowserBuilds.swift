// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The bundle was made before the variable was set.
    static let browserVariableAtRun = Rule(
        "AP151", .error, "a front-end variable is given when the container runs",
        why: "The bundler replaces these names while it builds. Given later they change nothing, and the browser gets "
            + "what stood there at build time: undefined.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      VITE_API_URL: /api\n",
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /dist /usr/share/nginx/html\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      NEXT_PUBLIC_URL: https://a\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"next build\"}}",
                "lib/api.ts": "export const url = process.env.NEXT_PUBLIC_URL\n",
                "app/button.tsx": "'use client'\nimport { url } from '@/lib/api'\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build:\n      context: .\n      args:\n        VITE_API_URL: /api\n",
                "Dockerfile": "FROM node:22 AS build\nARG VITE_API_URL\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      VITE_API_URL: /api\n",
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY env.sh /docker-entrypoint.d/\n",
                "env.sh": "sed -i s/x/$VITE_API_URL/ /usr/share/nginx/html/*.js\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      NEXT_PUBLIC_URL: https://a\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"next build\"}}",
                "app/robots.ts": "export default () => process.env.NEXT_PUBLIC_URL\n",
                "lib/api.ts": "export const url = process.env.NEXT_PUBLIC_URL\n",
                "app/button.tsx": "'use client'\nimport type { A } from '../lib/api'\n",
            ],
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, builds(unit.dockerfile),
                unit.server?.line.isForDevelopment != true
            else { return [] }
            let arguments = Set(
                unit.dockerfile.reading.file.instructions.filter { ["ARG", "ENV"].contains($0.keyword) }
                    .flatMap { $0.pairs.map(\.name) })
            return service.environment.compactMap { variable in
                guard BrowserVariables.contains(variable.name), !arguments.contains(variable.name),
                    isRead(variable.name, in: repository), !isReplacedLater(variable.name, repository),
                    !ServerReads.isAll(variable.name, of: unit)
                else { return nil }
                return Violation(
                    file: compose.location, line: variable.line,
                    "\(variable.name) is read while the bundle is built; move it to build.args and add to "
                        + "\(unit.dockerfile.location) before the build: ARG \(variable.name)",
                    severity: isDefault(variable, in: repository)
                        ? .info : compose.isForDevelopment ? .warning : .error)
            }
        }
    }

    /// Whether the code reads it, as far as that is known.
    private static func isRead(_ name: String, in repository: CheckedRepository) -> Bool {
        guard let variables = repository.app?.variables, !variables.isEmpty else { return true }
        return variables.contains { $0.name == name }
    }

    /// Whether the code has the same value by itself: then what is given does nothing, and nothing is missing.
    private static func isDefault(_ given: PlacedVariable, in repository: CheckedRepository) -> Bool {
        guard let value = given.value, !value.isEmpty else { return false }
        return repository.app?.variables.contains { $0.name == given.name && $0.default == value } == true
    }

    private static func builds(_ dockerfile: CheckedDockerfile) -> Bool {
        dockerfile.reading.file.instructions.contains { instruction in
            instruction.keyword == "RUN" && instruction.text.contains("build")
                && ["npm", "yarn", "pnpm", "bun", "vite", "next", "turbo"].contains { instruction.text.contains($0) }
        }
    }

    /// Without a default, or with one that is an address of the developer's own machine.
    private static func isOpen(_ variable: Variable) -> Bool {
        guard let value = variable.default else { return true }
        return ServiceAddress.isAddress(value) && ServiceAddress.host(value).map(PrivateHost.contains) == true
    }

    /// Whether a script or a server of the repository puts the value into the finished bundle.
    private static func isReplacedLater(_ name: String, _ repository: CheckedRepository) -> Bool {
        let needle = Array(name.utf8)
        return repository.tree.entries.contains { entry in
            let isPlace =
                entry.name.hasSuffix(".sh") || entry.name.contains("entrypoint") || entry.name.hasSuffix(".template")
                || entry.name.hasPrefix("env.") || entry.name == "server.js" || entry.name.contains("env-config")
            guard isPlace, let bytes = repository.tree.bytes(entry.path) else { return false }
            return RouteSearch.contains(bytes, needle)
        }
    }

    /// A compiler puts no values in.
    private static func isCompiledAlone(_ folder: String, in tree: SourceTree) -> Bool {
        let script = tree.text(GoPath.clean(folder + "/package.json")).flatMap { JSONDocument(parsing: $0).root }?
            .at("scripts", "build")?.text
        return script?.split(separator: " ").allSatisfy { $0 == "tsc" || $0.hasPrefix("-") || $0.hasSuffix(".json") }
            == true
    }

    /// Nothing tells the build.
    static let browserVariableMissing = Rule(
        "AP152", .warning, "the image builds a front end without its variables",
        why:
            "The bundler replaces a name that is not set with undefined, and the page calls addresses that do not exist.",
        catches: [
            RuleExample(
                [
                    "web/Dockerfile": "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: .exampleBundle)
        ],
        passes: [
            RuleExample(
                [
                    "web/Dockerfile":
                        "FROM node:22 AS build\nARG VITE_API_URL\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: .exampleBundle),
            RuleExample(
                [
                    "web/Dockerfile": "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                    "web/src/a.ts":
                        "const base = import.meta.env.PROD\n  ? '/api'\n  : (import.meta.env.VITE_API_URL || 'http://localhost:5000')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: "web", role: .spa)],
                    variables: [
                        Variable(
                            name: "VITE_API_URL", services: ["web"], phase: .build, required: true,
                            origins: ["web/src/a.ts:3"])
                    ])),
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        return repository.images.compactMap { unit in
            guard let service = unit.app, !unit.isForDevelopment, builds(unit.dockerfile),
                !isCompiledAlone(service.directory, in: repository.tree)
            else { return nil }
            let given = Set(
                unit.dockerfile.reading.file.instructions.filter { ["ARG", "ENV"].contains($0.keyword) }
                    .flatMap { $0.pairs.map(\.name) })
            let committed = CommittedDotenv.names(in: service.directory, of: repository)
            let missing = app.variables.filter { variable in
                variable.services.contains(service.name) && BrowserVariables.contains(variable.name)
                    && isOpen(variable) && !given.contains(variable.name) && !committed.contains(variable.name)
                    && !isReplacedLater(variable.name, repository)
                    && !variable.origins.allSatisfy { isForDevelopment($0, in: repository.tree) }
            }
            guard let first = missing.first,
                let build = unit.dockerfile.reading.file.instructions.first(where: {
                    $0.keyword == "RUN" && $0.text.contains("build") && !$0.text.contains("apt-get")
                })
            else { return nil }
            let names = missing.map(\.name).joined(separator: ", ")
            return Violation(
                file: unit.dockerfile.location, line: build.line,
                "the build is not told \(names) (\(first.origins.first ?? "")); add before it: ARG \(first.name)",
                // Who gives some of them knows of the others.
                severity: given.contains(where: BrowserVariables.contains) ? .info : .warning)
        }
    }

    /// Whether the read stands in the other branch of a question for production: `import.meta.env.PROD ? '/api' : ...`.
    private static func isForDevelopment(_ origin: String, in tree: SourceTree) -> Bool {
        let parts = origin.split(separator: ":")
        guard parts.count == 2, let line = Int(parts[1]), let text = tree.text(String(parts[0])) else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        let before = lines[max(0, line - 3)...(line - 1)].joined(separator: " ")
        guard let mark = TextSearch.range(of: "import.meta.env.PROD", in: before[...]) else { return false }
        let rest = before[mark.upperBound...]
        return rest.contains("?") && rest.contains(" : ") && rest.contains("import.meta.env.")
    }
}

extension AppSpec {
    /// Of examples: a front end whose build takes one variable.
    static let exampleBundle = AppSpec(
        name: "a", services: [Service(name: "web", directory: "web", role: .spa)],
        variables: [
            Variable(
                name: "VITE_API_URL", services: ["web"], phase: .build, required: true, origins: ["web/src/a.ts:1"])
        ])
}

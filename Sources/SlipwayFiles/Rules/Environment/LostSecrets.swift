// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The list of a service is all that its container has.
    static let secretNotHandedOn = Rule(
        "EN237", .warning, "the code reads a secret that the container never gets",
        why:
            "The list under environment is complete: a name that it lacks is not set in the container. Code that signs "
            + "goes on with a default that everybody can read, other code without the account.",
        catches: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      JWT_SECRET: ${JWT_SECRET:?}\n",
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "sign(process.env.JWT_REFRESH_SECRET || 'refresh')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_REFRESH_SECRET", services: ["web"], origins: ["a.js:1"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      AWS_REGION: eu-central-1\n",
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "s3({ key: process.env.AWS_SECRET_ACCESS_KEY })\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "AWS_SECRET_ACCESS_KEY", services: ["web"], origins: ["a.js:1"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n",
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "bot(process.env.TELEGRAM_BOT_TOKEN)\n",
                    "scripts/setup.sh": "#!/bin/sh\nset -e\necho \"TELEGRAM_BOT_TOKEN=$1\" >> .env\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "TELEGRAM_BOT_TOKEN", services: ["web"], origins: ["a.js:1"])])),
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      JWT_SECRET: ${JWT_SECRET:?}\n",
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "sentry(process.env.SENTRY_AUTH_TOKEN)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "SENTRY_AUTH_TOKEN", services: ["web"], origins: ["a.js:1"])])),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n",
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    ".env.example": "JWT_REFRESH_SECRET=\n", "a.js": "",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_REFRESH_SECRET", services: ["web"], origins: ["a.js:1"])])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        var seen: Set<String> = []
        return repository.deployedUnits.compactMap { unit -> Violation? in
            guard let service = unit.service, let compose = unit.compose, let own = unit.app, !unit.isForDevelopment,
                !unit.mountsItsSource, service.environmentFiles.isEmpty, !service.environment.isEmpty,
                let given = GivenNames.of(unit)
            else { return nil }
            let reach = GoReach(of: unit)
            let lost = app.variables.filter { variable in
                variable.services.contains(own.name) && !variable.required && variable.phase != .build
                    && !given.contains(variable.name) && LostSecrets.isWanted(variable, given, in: repository)
                    && reach?.leavesOut(variable) != true
            }.map(\.name).sorted { (SecretText.signs($0) ? 0 : 1, $0) < (SecretText.signs($1) ? 0 : 1, $1) }
            guard let first = lost.first, seen.insert("\(compose.location):\(service.name)").inserted else {
                return nil
            }
            return Violation(
                file: compose.location, line: service.node["environment"]?.line ?? service.line,
                "\(service.name) never gets \(lost.prefix(5).joined(separator: ", ")), which the code reads; add: "
                    + "\(first): ${\(first):?}")
        }
    }
}

/// Secrets that a deployment means to give and does not.
private enum LostSecrets {
    /// Integrations can be off; what signs, what belongs to an account that is half given, and what a file sets up are
    /// wanted.
    static func isWanted(_ variable: Variable, _ given: Set<String>, in repository: CheckedRepository) -> Bool {
        let name = variable.name
        guard SecretText.isSecret(name: name) || name.hasSuffix("_KEY_ID"), !BrowserVariables.contains(name),
            !name.contains("TEST"), !name.hasPrefix("CI_"), !name.hasPrefix("npm_"), !name.hasSuffix("_FILE")
        else { return false }
        if let value = variable.default, !value.isEmpty { return false }
        let places = variable.origins.map { $0.prefix { $0 != ":" } }
        let isBeside = places.allSatisfy { place in
            ["script", "seed", "test", ".sh", ".yml", ".yaml"].contains(where: place.lowercased().contains)
        }
        guard !isBeside else { return false }
        // The same secret under another form of its name: DJANGO_SECRET_KEY for SECRET_KEY.
        guard !given.contains(where: { $0.hasSuffix("_" + name) || name.hasSuffix("_" + $0) }) else { return false }
        if SecretText.signs(name) { return true }
        let prefix = name.prefix { $0 != "_" } + "_"
        if ["AWS_", "S3_", "SMTP_", "MAIL_", "STRIPE_", "MINIO_", "CLOUDINARY_", "REDIS_"].contains(String(prefix)),
            given.contains(where: { $0.hasPrefix(prefix) && !$0.hasSuffix("ENABLED") })
        {
            return true
        }
        return isSetUp(name, in: repository)
    }

    /// Whether a script writes it into a file of variables.
    private static func isSetUp(_ name: String, in repository: CheckedRepository) -> Bool {
        repository.scripts.contains { script in
            script.document.text.contains(name + "=") && script.document.text.contains(".env")
        }
    }
}

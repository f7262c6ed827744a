// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What the platform's own page for secrets is for.
    static let secretInPlatformFile = Rule(
        "EN370", .warning, "a secret stands in a file for a platform",
        why:
            "Whoever reads the repository, now or in its history, has what production runs with; every platform keeps "
            + "secrets outside of the file.",
        catches: [
            [
                "app.yaml":
                    "runtime: php\nenv: flex\nenv_variables:\n  APP_KEY: \"base64:r9Dmk6JVx0yEnxoi0BDenDX9h9o4JfrA=\"\n"
            ],
            [
                "render-staging.yaml":
                    "services:\n  - type: web\n    envVars:\n      - key: DATABASE_URL\n        value: postgresql://owner:npg_Cesv3pSq@db.a.example.net/a\n"
            ],
            [
                "ecosystem.config.js":
                    "module.exports = { apps: [{\n  script: 'server.js',\n  env: {\n    JWT_SECRET: 'swordfish-of-the-shop',\n  },\n}] }\n"
            ],
            ["deploy/shop.service": "[Service]\nEnvironment=\"DB_PASSWORD=swordfish42\"\nExecStart=/usr/bin/shop\n"],
            ["infra/prod/terraform.tfvars": "region      = \"eu\"\ndb_password = \"swordfish42\"\n"],
        ],
        passes: [
            ["app.yaml": "runtime: php\nenv_variables:\n  APP_NAME: shop\n  APP_KEY: ${APP_KEY}\n"],
            ["app.yaml": "kind: Secret\nstringData:\n  API_TOKEN: swordfish42\n"],
            ["ecosystem.config.js": "env: {\n  JWT_SECRET: process.env.JWT_SECRET,\n}\n"],
            ["deploy/shop.service": "[Service]\nEnvironment=PORT=8000\nEnvironmentFile=/etc/shop.env\n"],
            ["infra/terraform.tfvars.example": "db_password = \"swordfish42\"\n"],
            ["infra/terraform.tfvars": "db_password = \"CHANGE_ME\"\nsecret_name = \"shop-database\"\n"],
        ]
    ) { repository in
        PlatformSettings.all(in: repository).compactMap { setting in
            guard PlatformSettings.isSecret(setting) else { return nil }
            return Violation(
                file: setting.file, line: setting.line,
                "\(setting.name) is in every copy of the repository; change it, and give it on the platform's page for secrets"
            )
        }
    }
}

/// Variables that files of platforms and process managers give, read line by line, whatever the format.
enum PlatformSettings {
    static func all(in repository: CheckedRepository) -> [GivenNames.Place] {
        guard repository.isWhole else { return [] }
        let units = repository.units.flatMap { file in
            file.document.lines.enumerated().compactMap { index, line -> GivenNames.Place? in
                guard line.hasPrefix("Environment=") else { return nil }
                let body = line.dropFirst("Environment=".count).filter { $0 != "\"" && $0 != "'" && $0 != "\r" }
                return pair(body[...]).map {
                    GivenNames.Place(name: $0.name, value: $0.value, file: file.location, line: index + 1)
                }
            }
        }
        return units
            + files(in: repository).flatMap { entry -> [GivenNames.Place] in
                guard let text = repository.tree.text(entry.path), text.utf8.count < 200_000, isForPlatform(entry, text)
                else { return [] }
                return places(in: text, of: entry)
            }
    }

    private static let names = [
        "serverless.yml", "serverless.yaml", "apprunner.yaml", "vercel.json", "now.json", "ecosystem.config.js",
        "ecosystem.config.cjs", "nixpacks.toml", "netlify.toml",
    ]

    private static func files(in repository: CheckedRepository) -> [SourceTree.Entry] {
        let tree = repository.tree
        let named = ["yaml", "yml"].flatMap { tree.files(ending: $0) }.filter { entry in
            entry.name.hasPrefix("app.") || entry.name.hasPrefix("render") && entry.name != "render.yaml"
        }
        return (names.flatMap { tree.files(named: $0) } + named + tree.files(ending: "tfvars")).filter {
            !$0.path.contains("node_modules/") && !$0.path.contains("example")
        }
    }

    /// app.yaml is a name that others use as well: App Engine's says what it runs with, DigitalOcean's has its folder.
    private static func isForPlatform(_ entry: SourceTree.Entry, _ text: String) -> Bool {
        guard entry.name.hasPrefix("app.") || entry.name.hasPrefix("render") else { return true }
        return !text.contains("apiVersion:")
            && (text.contains("env_variables:") || text.contains("envVars:") || entry.path.contains(".do/"))
    }

    private static func places(in text: String, of entry: SourceTree.Entry) -> [GivenNames.Place] {
        let isCode = [".js", ".cjs", ".json"].contains(where: entry.name.hasSuffix)
        // pm2 takes env in development, where a second list is for production.
        let isPaired = entry.name.hasPrefix("ecosystem") && text.contains("env_production")
        var asked: String?
        var found: [GivenNames.Place] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.drop { " \t-{\"'".contains($0) }
            guard !body.hasPrefix("#"), !body.hasPrefix("//"), let given = pair(body) else { continue }
            // `- key: NAME` and the value on the next line.
            if ["key", "name"].contains(given.name) {
                asked = given.value
                continue
            }
            let name = given.name == "value" ? asked ?? "" : given.name
            let isVariable =
                entry.name.hasSuffix("tfvars")
                || name.utf8.count > 1 && !name.contains(where: \.isLowercase) && name.contains(where: \.isLetter)
            guard isVariable, !isCode || given.isQuoted, !isPaired || DebugMode.advice(name, given.value) == nil else {
                continue
            }
            found.append(GivenNames.Place(name: name, value: given.value, file: entry.path, line: index + 1))
        }
        return found
    }

    /// `NAME: value`, `NAME = "value"`, `"NAME": "value",`
    private static func pair(_ text: Substring) -> (name: String, value: String, isQuoted: Bool)? {
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        var rest = text.dropFirst(name.count).drop { " \"'".contains($0) }
        guard !name.isEmpty, rest.first == ":" || rest.first == "=" else { return nil }
        rest = rest.dropFirst().drop { $0 == " " }
        if let quote = rest.first, quote == "\"" || quote == "'" {
            return (String(name), String(rest.dropFirst().prefix { $0 != quote }), true)
        }
        let plain = rest.prefix { $0 != "#" && $0 != "\r" }.trimmed
        return (String(name), plain, false)
    }

    /// Whether the path says that nobody deploys with the file; infra/ is where Terraform's files usually stand.
    static func isForDevelopment(_ path: String) -> Bool {
        DevelopmentPath.isLikely(path.split(separator: "/").filter { $0 != "infra" }.joined(separator: "/"))
    }

    static func isSecret(_ setting: GivenNames.Place) -> Bool {
        guard let value = setting.value, !value.contains("$"), !value.contains("{"), !value.contains(" "),
            !value.contains("<"), !["@", "/", "arn:", "projects/"].contains(where: value.hasPrefix)
        else { return false }
        let lower = value.lowercased()
        guard
            !["change", "your", "example.com", "replace", "placeholder", "xxx", "todo"].contains(where: lower.contains)
        else { return false }
        let isDevelopment = isForDevelopment(setting.file)
        if let password = SecretText.password(inAddress: value) {
            let host = ServiceAddress.host(value) ?? ""
            return password.utf8.count > 5 && (!isDevelopment || host.contains(".") && !PrivateHost.contains(host))
        }
        guard value.utf8.count >= 6, SecretText.isSecret(name: setting.name), !SecretText.isPlaceholder(value),
            !value.contains("://"), !["false", "true"].contains(lower), !value.allSatisfy(\.isNumber)
        else { return false }
        return !isDevelopment || IssuedSecret.isRandom(value)
    }
}

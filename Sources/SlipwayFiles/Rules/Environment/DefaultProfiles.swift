// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Started as documented, it is the developer's program.
    static let developmentProfile = Rule(
        "EN300", .error, "the program starts with the profile for development, and nothing that deploys names another",
        why:
            "The image and the guide start it as it is: it looks for the developer's database on localhost and ends there, "
            + "although a profile for production stands beside it.",
        catches: [
            [
                "Dockerfile": "FROM eclipse-temurin:21\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "pom.xml": "<project/>\n",
                "src/main/resources/application.properties": "spring.profiles.active=dev\n",
                "src/main/resources/application-dev.properties":
                    "spring.datasource.url=jdbc:mysql://localhost:3306/a\n",
                "src/main/resources/application-prod.properties": "spring.datasource.url=${DB_URL}\n",
            ],
            [
                "Procfile": "web: java -jar a.jar\n", "pom.xml": "<project/>\n",
                "src/main/resources/application.yml":
                    "spring:\n  profiles:\n    active: ${SPRING_PROFILES_ACTIVE:dev}\n",
                "src/main/resources/application-dev.yml":
                    "spring:\n  datasource:\n    url: jdbc:postgresql://localhost/a\n",
                "src/main/resources/application-prod.yml": "spring: {}\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM eclipse-temurin:21\nENV SPRING_PROFILES_ACTIVE=prod\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "pom.xml": "<project/>\n",
                "src/main/resources/application.properties": "spring.profiles.active=dev\n",
                "src/main/resources/application-dev.properties":
                    "spring.datasource.url=jdbc:mysql://localhost:3306/a\n",
                "src/main/resources/application-prod.properties": "spring.datasource.url=${DB_URL}\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21\n", "pom.xml": "<project/>\n",
                "src/main/resources/application.properties": "spring.profiles.active=dev\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        let tree = repository.tree
        let files = ["properties", "yml", "yaml"].flatMap { tree.files(named: "application." + $0) }.filter {
            $0.path.contains("src/main/resources/")
        }
        return files.compactMap { entry in
            guard let active = SpringProfile.active(in: entry, tree),
                let own = SpringProfile.file(active.name, beside: entry, tree),
                let production = ["prod", "production"].lazy.compactMap({
                    SpringProfile.file($0, beside: entry, tree)
                }).first,
                let text = tree.text(own), text.contains("localhost") || text.contains("127.0.0.1"),
                !SpringProfile.isNamed(in: repository)
            else { return nil }
            return Violation(
                file: entry.path, line: active.line,
                "\(own) is what runs, with its localhost, and never \(production); write in the Dockerfile: ENV "
                    + "SPRING_PROFILES_ACTIVE=\(production.contains("-production.") ? "production" : "prod")")
        }
    }
}

private enum SpringProfile {
    private static let names: Set<String> = ["dev", "development", "local"]

    static func active(in entry: SourceTree.Entry, _ tree: SourceTree) -> (name: String, line: Int)? {
        guard let text = tree.text(entry.path), text.contains("active") else { return nil }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            let isProperty = body.hasPrefix("spring.profiles.active")
            guard isProperty || body.hasPrefix("active:"), let mark = body.firstIndex(where: { $0 == "=" || $0 == ":" })
            else { continue }
            var value = body[body.index(after: mark)...].trimmed
            // The default of a variable that nothing sets.
            if value.hasPrefix("${"), let colon = value.firstIndex(of: ":") {
                value = value[value.index(after: colon)...].prefix { $0 != "}" }.trimmed
            }
            value = value.filter { $0 != "\"" && $0 != "'" }
            return names.contains(value) ? (value, index + 1) : nil
        }
        return nil
    }

    static func file(_ profile: String, beside entry: SourceTree.Entry, _ tree: SourceTree) -> String? {
        ["properties", "yml", "yaml"].lazy.map { "\(entry.directory)/application-\(profile).\($0)" }
            .first(where: tree.contains)
    }

    /// Whether a file that builds, starts or explains the program names a profile.
    static func isNamed(in repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        let others = tree.otherEntries.filter { !$0.path.contains("src/main/") && !$0.path.contains("src/test/") }
        return (Array(others) + repository.documents + tree.files(named: "app.json")).contains { entry in
            guard let bytes = tree.bytes(entry.path), bytes.count < 500_000 else { return false }
            return ["PROFILES_ACTIVE", "profiles.active", "run.profiles", "<profiles>"].contains {
                ByteSearch.contains($0.utf8, in: bytes)
            }
        }
    }
}

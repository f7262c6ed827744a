// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Spring Boot configures a data source as soon as the starter is there.
    static let missingDataSource = Rule(
        "AP177", .error, "Spring wants a database and is told of none",
        why: "With the JPA or JDBC starter the application makes a data source when it starts, and ends without an "
            + "address: \"Failed to configure a DataSource\".",
        catches: [
            [
                "Dockerfile":
                    "FROM gradle:8-jdk21\nCOPY . .\nRUN ./gradlew build\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "build.gradle":
                    "dependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-data-jpa'\n}\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM gradle:8-jdk21\nCOPY . .\nRUN ./gradlew build\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "build.gradle":
                    "dependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-data-jpa'\n}\n",
                "src/main/resources/application.properties": "spring.datasource.url=jdbc:postgresql://db/a\n",
            ],
            [
                "Dockerfile":
                    "FROM gradle:8-jdk21\nCOPY . .\nRUN ./gradlew build\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "build.gradle":
                    "dependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-data-jpa'\n  runtimeOnly 'com.h2database:h2'\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  a:\n    build: .\n    environment: {SPRING_DATASOURCE_URL: 'jdbc:postgresql://db/a'}\n",
                "Dockerfile":
                    "FROM gradle:8-jdk21\nCOPY . .\nRUN ./gradlew build\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "build.gradle":
                    "dependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-data-jpa'\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        let manifests = ["pom.xml", "build.gradle", "build.gradle.kts"].flatMap { tree.files(named: $0) }
        return manifests.compactMap { manifest -> Violation? in
            guard let text = tree.text(manifest.path), !DevelopmentPath.isLikely(manifest.path),
                text.contains("spring-boot-starter-data-jpa") || text.contains("spring-boot-starter-jdbc"),
                // An embedded database, a test's containers or a configuration server give one.
                !["h2", "hsqldb", "derby", "docker-compose", "spring-cloud", "sqlite"].contains(where: text.contains),
                repository.images.contains(where: { unit in
                    BuildContexts.of(unit).first == manifest.directory
                        || SourceTree.Entry(path: unit.dockerfile.location).directory == manifest.directory
                }), !isTold(below: manifest.directory, in: repository)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let line = lines.firstIndex { $0.contains("starter-data-jpa") || $0.contains("starter-jdbc") } ?? 0
            let isKeptAway = tree.files(named: ".gitignore").contains { entry in
                tree.text(entry.path)?.contains("application") == true
            }
            return Violation(
                file: manifest.path, line: line + 1,
                (isKeptAway ? "git keeps no application.properties, and nothing" : "nothing")
                    + " gives the address; add to the service: SPRING_DATASOURCE_URL: jdbc:...",
                severity: isKeptAway ? .warning : .error)
        }
    }

    /// Whether a setting, a variable or the code says where the database is.
    private static func isTold(below folder: String, in repository: CheckedRepository) -> Bool {
        let words = ["datasource", "DATASOURCE", "DataSource", "jdbc:", "config.import"]
        return repository.tree.entries.contains { entry in
            let isOwn = folder == "." || entry.path.hasPrefix(folder + "/")
            let name = entry.name
            let isSetting =
                isOwn && entry.path.contains("resources/")
                && (name.hasPrefix("application") || name.hasPrefix("bootstrap"))
            let isCode = isOwn && (name.hasSuffix(".java") || name.hasSuffix(".kt")) && !entry.path.contains("/test/")
            let format = FileFormat(path: entry.path)
            let isGiven = [.compose, .dotenv, .dockerfile, .workflow, .yaml, .shell, .fly, .render].contains(format)
            guard isSetting || isCode || isGiven, let bytes = repository.tree.bytes(entry.path) else { return false }
            return words.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}

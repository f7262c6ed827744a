// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The build of the image is not the build of the program.
    static let unbuiltArchive = Rule(
        "AP441", .warning, "COPY takes a Java archive that no step makes",
        why:
            "git does not keep what Maven and Gradle make. In a clone the build of the image stops at this line, and no "
            + "document, script or pipeline says what to run before it.",
        catches: [
            [
                "Dockerfile":
                    "FROM eclipse-temurin:21-jre\nCOPY target/shop-0.0.1.jar app.jar\nCMD [\"java\", \"-jar\", \"app.jar\"]\n",
                "pom.xml": "<project/>\n",
            ],
            [
                "compose.yml": "services:\n  api:\n    build: ./api\n",
                "api/Dockerfile": "FROM eclipse-temurin:21-jre\nCOPY build/libs/*.jar app.jar\n",
                "api/build.gradle": "plugins {}\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM eclipse-temurin:21-jre\nCOPY target/shop-0.0.1.jar app.jar\n",
                "pom.xml": "<project/>\n", "README.md": "Build it with `./mvnw package`.\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21-jre\nCOPY target/shop-0.0.1.jar app.jar\n",
                "pom.xml": "<project/>\n",
                ".github/workflows/a.yml": "jobs:\n  a:\n    steps:\n      - run: mvn -B package\n",
            ],
            [
                "Dockerfile":
                    "FROM maven:3 AS build\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:21-jre\nCOPY --from=build target/a.jar app.jar\n",
                "pom.xml": "<project/>\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21-jre\nCOPY target/a.jar app.jar\n",
                "build.sh": "./make.sh\nmvn package\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let missing = repository.dockerfiles.flatMap { file -> [Violation] in
            guard !DevelopmentPath.isLikely(file.location) else { return [] }
            return file.steps("COPY", "ADD").compactMap { step in
                guard step.instruction.flag("from") == nil,
                    let source = step.instruction.arguments.dropLast().first(where: UnbuiltArchives.isMade),
                    let tool = UnbuiltArchives.tool(for: file),
                    !UnbuiltArchives.isKept(source, file)
                else { return nil }
                return Violation(
                    file: file.location, line: step.line,
                    "\(source) is not in git and nothing makes it; build it in a stage of this file and write: COPY --from=build, "
                        + "or write into the README: \(tool)")
            }
        }
        // Only now: every file may hold the step that builds.
        return missing.isEmpty || UnbuiltArchives.isBuilt(in: repository) ? [] : missing
    }
}

private enum UnbuiltArchives {
    /// `target/a.jar`, `build/libs/*.jar`
    static func isMade(_ source: String) -> Bool {
        let parts = source.split(separator: "/")
        return (source.hasSuffix(".jar") || source.hasSuffix(".war")) && !source.contains("://")
            && !source.contains("$")
            && (parts.contains("target") || parts.contains("libs"))
    }

    /// What makes it, by the manifest of the context.
    static func tool(for file: CheckedDockerfile) -> String? {
        let tree = file.repository.tree
        for folder in ContextFiles.contexts(file) {
            if tree.contains(ContextFiles.join(folder, "pom.xml")) { return "mvn package" }
            if ["build.gradle", "build.gradle.kts"].contains(where: { tree.contains(ContextFiles.join(folder, $0)) }) {
                return "./gradlew build"
            }
        }
        return nil
    }

    static func isKept(_ source: String, _ file: CheckedDockerfile) -> Bool {
        let folder = SourceTree.Entry(path: GoPath.clean(source)).directory
        return ContextFiles.contexts(file).contains { context in
            let path = ContextFiles.join(context, folder)
            return file.repository.tree.hasDirectory(path)
                || file.repository.tracked?.contains { $0.hasPrefix(path + "/") } == true
        }
    }

    /// Whether anything in the repository tells to run Maven or Gradle.
    static func isBuilt(in repository: CheckedRepository) -> Bool {
        let signs = ["mvn", "gradle", "maven", "spring-boot:build-image"].map { Array($0.utf8) }
        let formats: [FileFormat] = [
            .dockerfile, .shell, .workflow, .gitlab, .compose, .yaml, .render, .railway, .procfile,
        ]
        let others = ["Makefile", "makefile", "justfile", "Jenkinsfile", "package.json"].flatMap(
            repository.tree.files(named:))
        let texts = repository.tree.entries.filter { entry in
            let lower = entry.name.lowercased()
            return lower.hasSuffix(".md") && lower != "help.md" || lower.hasSuffix(".txt") || lower.hasSuffix(".adoc")
                || lower.hasSuffix(".bat") || lower.hasSuffix(".ps1")
        }
        let paths = formats.flatMap(repository.paths(of:)) + (others + texts).map(\.path)
        return paths.contains { path in
            guard let bytes = repository.tree.bytes(path) else { return false }
            return signs.contains { ByteSearch.contains($0, in: bytes) }
        }
    }
}

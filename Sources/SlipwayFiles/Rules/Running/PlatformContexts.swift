// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The folder of the Dockerfile is not the folder that the build sees.
    static let platformContext = Rule(
        "AP292", .error, "a platform builds a Dockerfile from a folder that lacks what it copies",
        why:
            "Railway and Render build from the repository's root, or from the folder that their file names; a Dockerfile "
            + "that copies from its own folder ends there with: not found.",
        catches: [
            [
                "railway.json": "{\"build\":{\"builder\":\"DOCKERFILE\",\"dockerfilePath\":\"backend/Dockerfile\"}}",
                "backend/Dockerfile": "FROM node:22\nCOPY prisma ./prisma\nCOPY src ./src\n",
                "backend/prisma/schema.prisma": "", "backend/src/a.js": "",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    dockerfilePath: ./api/Dockerfile\n",
                "api/Dockerfile": "FROM python:3.13\nCOPY requirements.txt .\nCOPY app ./app\n",
                "api/requirements.txt": "flask\n", "api/app/a.py": "",
            ],
        ],
        passes: [
            [
                "railway.json": "{\"build\":{\"builder\":\"DOCKERFILE\",\"dockerfilePath\":\"backend/Dockerfile\"}}",
                "backend/Dockerfile": "FROM node:22\nCOPY backend/prisma ./prisma\n",
                "backend/prisma/schema.prisma": "",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    dockerfilePath: ./api/Dockerfile\n    dockerContext: ./api\n",
                "api/Dockerfile": "FROM python:3.13\nCOPY app ./app\n", "api/app/a.py": "",
            ],
            [
                "backend/railway.json": "{\"build\":{\"builder\":\"DOCKERFILE\",\"dockerfilePath\":\"Dockerfile\"}}",
                "backend/Dockerfile": "FROM node:22\nCOPY prisma ./prisma\n", "backend/prisma/schema.prisma": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return PlatformBuild.all(in: repository).compactMap { build in
            guard let file = repository.dockerfile(build.dockerfile),
                repository.tree.contains(build.dockerfile),
                let source = build.missing(in: file, repository.tree)
            else { return nil }
            return Violation(
                file: build.file, line: build.line,
                "\(build.dockerfile):\(source.line) copies \(source.name), which is not in \(build.context == "." ? "the root" : build.context) "
                    + "but beside the Dockerfile; \(build.advice)")
        }
    }
}

/// A build that a platform's file describes.
private struct PlatformBuild {
    let file: String
    let line: Int
    let dockerfile: String
    let context: String
    let advice: String

    static func all(in repository: CheckedRepository) -> [PlatformBuild] {
        var found: [PlatformBuild] = []
        for entry in repository.tree.entries where entry.name == "railway.json" || entry.name == "railway.toml" {
            guard let text = repository.tree.text(entry.path),
                let (path, line) = value(of: "dockerfilePath", in: text)
            else { continue }
            found.append(
                PlatformBuild(
                    file: entry.path, line: line,
                    dockerfile: GoPath.clean(entry.directory + "/" + path.drop { $0 == "/" }),
                    context: entry.directory,
                    advice:
                        "move \(entry.name) beside the Dockerfile and set the service's root directory, or write the COPY from here"
                ))
        }
        for file in repository.renderBlueprints {
            found += render(file)
        }
        return found
    }

    /// With a folder of its own the service has all paths there.
    private static func render(_ file: CheckedFile<RenderBlueprint>) -> [PlatformBuild] {
        file.document.services.compactMap { service in
            guard service.rootDirectory == nil, let dockerfile = service.dockerfile else { return nil }
            let path = GoPath.clean(dockerfile.text)
            return PlatformBuild(
                file: file.location, line: dockerfile.line, dockerfile: path, context: service.buildContext,
                advice: "add: dockerContext: ./\(SourceTree.Entry(path: path).directory)")
        }
    }

    private static func value(of key: String, in text: String) -> (String, Int)? {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let range = TextSearch.range(of: key, in: line) else { continue }
            let parts = line[range.upperBound...].drop { $0 == "\"" }.split(separator: "\"")
            guard parts.count > 1 else { continue }
            return (String(parts[1]), index + 1)
        }
        return nil
    }

    /// The first source that the context lacks and the Dockerfile's own folder has.
    func missing(in dockerfile: CheckedDockerfile, _ tree: SourceTree) -> (name: String, line: Int)? {
        let own = SourceTree.Entry(path: dockerfile.location).directory
        guard own != context else { return nil }
        for instruction in dockerfile.reading.file.instructions
        where ["COPY", "ADD"].contains(instruction.keyword) && instruction.flag("from") == nil {
            for source in instruction.arguments.dropLast() {
                guard !source.contains("*"), !source.contains("$"), !source.contains("?"), !source.hasPrefix("http"),
                    GoPath.clean(source) != ".", !BuildContexts.has(source, in: context, of: tree),
                    BuildContexts.has(source, in: own, of: tree)
                else { continue }
                return (source, instruction.line)
            }
        }
        return nil
    }
}

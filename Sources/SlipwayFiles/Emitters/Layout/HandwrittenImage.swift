// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A Dockerfile that somebody wrote by hand, and what the files beside it must follow.
struct HandwrittenImage: Sendable {
    private let file: Dockerfile
    private let stages: [DockerfileStage]
    /// The stage that is deployed: the last one that is not named for development or tests.
    let stage: DockerfileStage?

    init(_ text: String) {
        file = Dockerfile(parsing: text)
        stages = file.stages
        stage = stages.last { !Self.isForDevelopment($0) } ?? stages.last
    }

    /// What a build must ask for; `nil` where the last stage is the one, which needs no name.
    var target: String? { stage.flatMap { $0.index == stages.count - 1 ? nil : $0.name } }

    /// Build arguments that it takes; one that it does not know changes nothing.
    var arguments: Set<String> {
        Set(file.instructions.filter { $0.keyword == "ARG" }.flatMap { $0.pairs.map(\.name) })
    }

    var hasDevelopmentStage: Bool { stages.contains { $0.name == "development" } }

    /// What an image sets for its processes, in the stage that is deployed and in the one that people develop in.
    struct Settings: Sendable {
        let deployed: [String: String]
        let development: [String: String]
    }

    var settings: Settings {
        Settings(
            deployed: Self.values(lineage(of: stage)),
            development: Self.values(lineage(of: stages.last { $0.name == "development" })))
    }

    private static func values(_ instructions: [DockerfileInstruction]) -> [String: String] {
        let pairs = instructions.filter { $0.keyword == "ENV" }.flatMap(\.pairs)
        // A value that refers to another is the image's business.
        return Dictionary(pairs.map { ($0.name, $0.value ?? "") }) { $1 }
            .filter { !$0.value.isEmpty && !$0.value.utf8.contains { "${}\"'\\\n".utf8.contains($0) } }
    }

    /// Whether Docker can say that a container of it works.
    var isHealthChecked: Bool {
        lineage(of: stage).last { $0.keyword == "HEALTHCHECK" }.map { $0.arguments.first?.uppercased() != "NONE" }
            ?? false
    }

    /// Where the code lies; `nil` where no line says it.
    var workingDirectory: String? { Self.folder(lineage(of: stage)) }

    /// The same for the stage that people develop in.
    var developmentDirectory: String? { Self.folder(lineage(of: stages.last { $0.name == "development" })) }

    /// Whether a process of it may write where its Dockerfile prepared nothing.
    var runsAsRoot: Bool {
        let user = lineage(of: stage).last { $0.keyword == "USER" }?.arguments.first ?? "root"
        return ["root", "0"].contains(String(user.filter { $0 != "\"" }.prefix { $0 != ":" }))
    }

    private static func isForDevelopment(_ stage: DockerfileStage) -> Bool {
        let words = (stage.name ?? "").split { $0 == "-" || $0 == "_" || $0 == "." }
        return words.contains {
            ["dev", "develop", "development", "debug", "test", "tests", "testing", "lint"].contains($0)
        }
    }

    private static func folder(_ instructions: [DockerfileInstruction]) -> String? {
        var folder: String?
        for path in instructions.filter({ $0.keyword == "WORKDIR" }).compactMap(\.arguments.first) {
            guard !path.contains("$") else { return nil }
            folder = GoPath.clean(path.hasPrefix("/") ? path : (folder ?? "") + "/" + path)
        }
        return folder
    }

    /// The instructions of a stage behind those of the stages that it starts from.
    func lineage(of stage: DockerfileStage?) -> [DockerfileInstruction] {
        var next = stage
        var found: [[DockerfileInstruction]] = []
        while let stage = next {
            found.append(stage.instructions)
            // A parent stands above, so this ends.
            next = stage.parent.map { stages[$0] }
        }
        return found.reversed().flatMap(\.self)
    }
}

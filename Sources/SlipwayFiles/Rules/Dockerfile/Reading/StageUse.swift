// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which stages the final image is made of, and what it is made from.
enum StageUse {
    /// Stages that other files may build by name.
    private static let targets = ["dev", "test", "lint", "debug", "ci", "prod", "release", "check", "local", "runner"]
    private static let toolchains: Set<String> = ["golang", "rust", "maven", "gradle", "swift", "gcc", "haskell"]
    private static let variants: Set<String> = ["python", "node", "ruby", "perl"]

    static func unreachable(_ file: CheckedDockerfile) -> [Violation] {
        guard let last = file.stages.last, file.stages.count > 1 else { return [] }
        var reached: Set<Int> = []
        var waiting = [last.index]
        while let index = waiting.popLast() {
            guard reached.insert(index).inserted else { continue }
            let stage = file.stages[index]
            if let parent = stage.parent { waiting.append(parent) }
            for source in stage.sources {
                // A name with a variable may be any stage.
                guard !source.text.contains("$") else { return [] }
                if let found = file.document.stage(source.text, in: file.stages) { waiting.append(found.index) }
            }
            if stage.base.contains("$") { return [] }
        }
        return file.stages.filter { !reached.contains($0.index) }.compactMap { stage in
            let name = stage.name ?? ""
            guard !targets.contains(where: name.contains), !isTarget(name, file) else { return nil }
            return Violation(
                line: stage.from.line,
                "nothing takes \(name.isEmpty ? "this stage" : name) up; remove it, or write: COPY --from=\(name.isEmpty ? String(stage.index) : name)"
            )
        }
    }

    private static func isTarget(_ name: String, _ file: CheckedDockerfile) -> Bool {
        !name.isEmpty
            && file.repository.composeFiles.contains { compose in
                compose.services.contains { $0.build?.target?.lowercased() == name }
            }
    }

    /// The image that the final stage starts from in the end, variables replaced by their defaults.
    static func finalBase(_ file: CheckedDockerfile) -> (stage: DockerfileStage, image: String)? {
        guard var stage = file.stages.last else { return nil }
        while let parent = stage.parent { stage = file.stages[parent] }
        let expansion = file.document.globalScope().expand(stage.base, escape: file.document.escape)
        guard expansion.failure == nil, expansion.unknown.isEmpty, !expansion.text.isEmpty else { return nil }
        return (stage, expansion.text)
    }

    /// Whether the file or its last stage says that it is for developing.
    static func isForDevelopment(_ file: CheckedDockerfile) -> Bool {
        let name = file.location.lowercased()
        let stage = file.stages.last?.name ?? ""
        return ["dev", "test", "local", "ci."].contains { word in
            name.split(separator: "/").last.map { $0.contains(word) } ?? false || stage.contains(word)
        } || name.contains(".devcontainer/")
    }

    static func toolchain(_ file: CheckedDockerfile) -> [Violation] {
        guard let (stage, image) = finalBase(file), toolchains.contains(ImageText.shortName(of: image)),
            !isForDevelopment(file),
            ImageText.tag(of: image).map({ !$0.contains("jre") && !$0.contains("slim") }) ?? true
        else { return [] }
        return [
            Violation(
                line: stage.from.line,
                "\(image) is a compiler; build in a stage of its own and copy the result: FROM debian:bookworm-slim")
        ]
    }

    static func fullVariant(_ file: CheckedDockerfile) -> [Violation] {
        guard let (stage, image) = finalBase(file), variants.contains(ImageText.shortName(of: image)),
            !isForDevelopment(file), !image.contains("@"), image.split(separator: "/").count < 3
        else { return [] }
        // An image without a version has another finding, and its advice comes first.
        guard let tag = ImageText.tag(of: image), tag != "latest" else { return [] }
        guard !["slim", "alpine", "windows", "nanoserver", "-onbuild"].contains(where: tag.contains) else { return [] }
        return [Violation(line: stage.from.line, "\(image) is the full variant; write: \(image)-slim")]
    }
}

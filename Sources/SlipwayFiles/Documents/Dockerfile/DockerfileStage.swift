// SPDX-License-Identifier: Apache-2.0

/// One FROM and what follows it up to the next.
public struct DockerfileStage: Equatable, Sendable {
    /// Zero-based, as `COPY --from=0` counts.
    public let index: Int
    /// The FROM itself.
    public let from: DockerfileInstruction
    /// What follows it.
    public let instructions: [DockerfileInstruction]
    /// The image or the earlier stage it starts from, references as written.
    public let base: String
    /// In lower case, as BuildKit compares names; `nil` without `AS`.
    public let name: String?
    /// The earlier stage it starts from, when ``base`` names one.
    public let parent: Int?

    /// Value of `--platform`, references as written.
    public var platform: String? { from.flag("platform")?.value }

    /// Stages and images that it takes files from by `COPY --from` and `RUN --mount=from=`, in order.
    public var sources: [PlacedText] {
        instructions.flatMap { instruction in
            let target = instruction.trigger ?? instruction
            return target.flags.compactMap { flag in
                let source = flag.name == "from" ? flag.value : flag.name == "mount" ? flag.field("from") : nil
                return source.map { PlacedText($0, at: flag.position) }
            }
        }
    }
}

extension Dockerfile {
    /// ARG instructions before the first FROM.
    public var globalArguments: [DockerfileInstruction] {
        instructions.prefix { $0.keyword != "FROM" }.filter { $0.keyword == "ARG" }
    }

    /// The stages in file order.
    public var stages: [DockerfileStage] {
        let starts = instructions.indices.filter { instructions[$0].keyword == "FROM" }
        var stages: [DockerfileStage] = []
        var names: [String: Int] = [:]
        for (index, start) in starts.enumerated() {
            let from = instructions[start]
            let end = index + 1 < starts.count ? starts[index + 1] : instructions.count
            let base = from.arguments.first ?? ""
            let name = from.arguments.count == 3 ? from.arguments[2].lowercased() : nil
            stages.append(
                DockerfileStage(
                    index: index, from: from, instructions: Array(instructions[(start + 1)..<end]), base: base,
                    name: name, parent: names[base.lowercased()]))
            if let name { names[name] = index }
        }
        return stages
    }

    /// The last stage's instructions, its FROM first; empty without a FROM.
    public var finalStage: [DockerfileInstruction] {
        instructions.lastIndex { $0.keyword == "FROM" }.map { Array(instructions[$0...]) } ?? []
    }

    /// The stage that a `--from` means: by number or by name; `nil` for an image.
    public func stage(_ reference: String, in stages: [DockerfileStage]) -> DockerfileStage? {
        if let index = Int(reference) { return stages.indices.contains(index) ? stages[index] : nil }
        let name = reference.lowercased()
        return stages.last { $0.name == name }
    }
}

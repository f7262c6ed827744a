// SPDX-License-Identifier: Apache-2.0

/// A Dockerfile's instructions as `slipway debug ast` prints them: a JSON array.
///
/// Keywords are in upper case, flags whole (`--from=build`), arguments as in ``DockerfileInstruction/arguments``; those
/// of an ONBUILD are its trigger's keyword and arguments, and the trigger's flags follow its own.
public struct DockerfileAST: Encodable, Equatable, Sendable {
    /// One instruction.
    public struct Node: Encodable, Equatable, Sendable {
        package let keyword: String
        package let flags: [String]
        package let arguments: [String]
        package let json: Bool
        package let heredocs: [Heredoc]
        package let line: Int
        package let endLine: Int
    }
    /// One here-document, its content as it stands in the file.
    public struct Heredoc: Encodable, Equatable, Sendable {
        package let name: String
        package let expand: Bool
        package let content: String
    }

    package let nodes: [Node]

    /// The instructions of the file in order.
    public init(_ file: Dockerfile) { nodes = file.instructions.map(Node.init) }

    /// Writes the array alone.
    public func encode(to encoder: any Encoder) throws { try nodes.encode(to: encoder) }
}

extension DockerfileAST.Node {
    fileprivate init(_ instruction: DockerfileInstruction) {
        keyword = instruction.keyword
        flags = Self.flags(of: instruction)
        arguments = Self.arguments(of: instruction)
        json = instruction.isJSON
        heredocs = instruction.heredocs.map { .init(name: $0.name, expand: $0.expands, content: $0.content) }
        line = instruction.line
        endLine = instruction.endLine
    }

    private static func flags(of instruction: DockerfileInstruction) -> [String] {
        instruction.flags.map(\.text) + (instruction.trigger.map(flags) ?? [])
    }

    private static func arguments(of instruction: DockerfileInstruction) -> [String] {
        guard let trigger = instruction.trigger else { return instruction.arguments }
        return [trigger.keyword] + arguments(of: trigger)
    }
}

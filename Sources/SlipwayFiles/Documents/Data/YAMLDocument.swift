// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
import Yams

/// A YAML text as nodes with positions: anchors and `<<` are resolved, scalars follow the 1.2 core schema.
public struct YAMLDocument: Equatable, Sendable {
    /// One root for each document of the stream; empty documents are null nodes.
    public let roots: [DataNode]
    /// Why the text, or the rest of it, could not be read.
    public let diagnostics: [Diagnostic]

    /// The first document.
    public var root: DataNode? { roots.first }

    /// Reads the text; a failure is a diagnostic and keeps the documents before it.
    public init(parsing text: String) {
        var roots: [DataNode] = []
        var diagnostics: [Diagnostic] = []
        do {
            guard !YAMLAliasKeys.appear(in: text) else { throw YAMLConverter.Failure.aliasAsKey }
            var converter = YAMLConverter(budget: text.utf8.count + DataLimits.nodesFromAliases)
            let body = text.utf8.starts(with: [0xEF, 0xBB, 0xBF]) ? String(text.unicodeScalars.dropFirst()) : text
            let parser = try Parser(yaml: body, encoding: .utf8)
            while let node = try parser.nextRoot() { roots.append(try converter.convert(node)) }
        } catch {
            diagnostics.append(Self.diagnostic(for: error))
        }
        self.roots = roots
        self.diagnostics = diagnostics
    }

    private static func diagnostic(for error: any Error) -> Diagnostic {
        func report(_ message: String, _ mark: Mark?) -> Diagnostic {
            Diagnostic("AP000", .error, line: mark?.line, column: mark?.column, "not YAML: \(message)")
        }
        switch error {
        case let failure as YAMLConverter.Failure: return report(failure.message, nil)
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            return report(problem, mark)
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            return report("duplicate key: \(duplicates.joined(separator: ", "))", context.mark)
        case YamlError.reader(let problem, _, _, _): return report(problem, nil)
        default: return report("it cannot be read", nil)
        }
    }
}

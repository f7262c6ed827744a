// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A Compose file as far as deploying needs it (compose-spec.io); the rest is in ``root``.
public struct ComposeFile: Equatable, Sendable {
    /// A `${...}` in the file.
    public struct Reference: Equatable, Sendable {
        /// The name, its operator and operand.
        public let reference: Interpolation.Reference
        /// One-based line of the scalar that holds it.
        public let line: Int
    }

    /// The project's name, when the file gives one.
    public let name: String?
    /// In file order.
    public let services: [ComposeService]
    /// Keys of the top-level `volumes`.
    public let volumes: [String]
    /// Keys of the top-level `networks`.
    public let networks: [String]
    /// Variables that the file interpolates, in file order.
    public let references: [Reference]
    /// The whole file, references as written; `nil` when it is not YAML.
    public let root: DataNode?
    /// Why the file could not be read.
    public let diagnostics: [Diagnostic]
    /// Of each service's name in ``services``.
    private let places: [String: Int]

    /// - Parameter environment: Values for `${...}`; what is missing takes its default, or is empty.
    public init(parsing text: String, environment: [String: String] = [:]) {
        let document = YAMLDocument(parsing: text)
        root = document.root
        diagnostics = document.diagnostics.map {
            var diagnostic = $0
            diagnostic.code = "CO000"
            return diagnostic
        }
        name = root?["name"]?.text
        volumes = root?["volumes"]?.mapping?.keys ?? []
        networks = root?["networks"]?.mapping?.keys ?? []
        services = (root?["services"]?.mapping?.entries ?? []).map { entry in
            ComposeService(entry.key, at: entry.position, Self.expand(entry.value, environment))
        }
        places = Dictionary(services.enumerated().map { ($1.name, $0) }) { first, _ in first }
        var references: [Reference] = []
        if let root { Self.collect(root, &references) }
        self.references = references
    }

    /// The service of a name.
    public subscript(name: String) -> ComposeService? { places[name].map { services[$0] } }

    private static func collect(_ node: DataNode, _ references: inout [Reference]) {
        switch node.value {
        case .string(let text):
            references += Interpolation.references(in: text).map { Reference(reference: $0, line: node.line) }
        case .sequence(let items): for item in items { collect(item, &references) }
        case .mapping(let mapping): for entry in mapping.entries { collect(entry.value, &references) }
        default: break
        }
    }

    /// Values only: Compose interpolates no keys.
    private static func expand(_ node: DataNode, _ environment: [String: String]) -> DataNode {
        var node = node
        switch node.value {
        case .string(let text) where text.utf8.contains(UInt8(ascii: "$")):
            let expanded = Interpolation.expand(text) { environment[$0] }
            node.value = .string(expanded)
            node.source = expanded
        case .sequence(let items): node.value = .sequence(items.map { expand($0, environment) })
        case .mapping(let mapping):
            node.value = .mapping(
                DataMapping(
                    mapping.entries.map {
                        .init(key: $0.key, position: $0.position, value: expand($0.value, environment))
                    }))
        default: break
        }
        return node
    }
}

// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// An app.json (devcenter.heroku.com/articles/app-json-schema).
public struct AppJSON: Equatable, Sendable {
    /// One entry of `env`.
    public struct Variable: Equatable, Sendable {
        /// As the environment spells it.
        public let name: String
        /// The default; `nil` when somebody must give one.
        public let value: String?
        /// Whether deploying fails without it; true unless said otherwise.
        public let isRequired: Bool
        /// Whether the platform makes up a value.
        public let isGenerated: Bool
        /// What it is for.
        public let purpose: String?
        /// Where its key stands.
        public let position: SourcePosition
    }

    /// The whole file; `nil` when it is not JSON.
    public let root: DataNode?
    /// Why not.
    public let diagnostics: [Diagnostic]

    /// Reads the text; a failure is a diagnostic.
    public init(parsing text: String) {
        let document = JSONDocument(parsing: text)
        root = document.root
        diagnostics = document.diagnostics.map {
            var diagnostic = $0
            diagnostic.code = "PF000"
            return diagnostic
        }
    }

    /// In file order.
    public var environment: [Variable] {
        (root?["env"]?.mapping?.entries ?? []).map { entry in
            let value = entry.value["value"]?.text ?? entry.value.text
            return Variable(
                name: entry.key, value: value, isRequired: entry.value["required"]?.bool ?? true,
                isGenerated: entry.value["generator"]?.text == "secret", purpose: entry.value["description"]?.text,
                position: entry.position)
        }
    }
    /// Names of the add-ons without their plans: `heroku-postgresql`.
    public var addons: [PlacedText] {
        (root?["addons"]?.sequence ?? []).compactMap { node in
            guard let text = node.text ?? node["plan"]?.text else { return nil }
            return PlacedText(String(text.prefix { $0 != ":" }), at: node.position)
        }
    }
    /// Process types that run, with how many of each.
    public var formation: [(process: String, quantity: Int)] {
        (root?["formation"]?.mapping?.entries ?? []).map { ($0.key, $0.value["quantity"]?.int ?? 1) }
    }
    /// Runs once after the first deploy.
    public var postDeployCommand: PlacedText? {
        PlacedText(root?.at("scripts", "postdeploy")?["command"] ?? root?.at("scripts", "postdeploy"))
    }
}

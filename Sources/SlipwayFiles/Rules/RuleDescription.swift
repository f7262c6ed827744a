// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// What people read about a rule.
public struct RuleDescription: Sendable {
    /// Two letters and three digits.
    public let code: String
    /// What a repository gets that does not say otherwise.
    public let severity: Severity
    /// What is wrong, in a few words.
    public let title: String
    /// Names of the same check elsewhere: `DL3008`, `SC2086`, `SecretsUsedInArgOrEnv`.
    public let aliases: [String]
    /// What breaks.
    public let why: String
    /// Texts with a finding.
    package let catches: [RuleExample]
    /// Texts without.
    package let passes: [RuleExample]

    /// Whether a person means this rule: by its code or by an alias, in any case.
    public func isNamed(_ name: String) -> Bool {
        let name = name.lowercased()
        return code.lowercased() == name || aliases.contains { $0.lowercased() == name }
    }
}

/// A tiny repository that a rule finds something in, or nothing.
package struct RuleExample: Sendable, ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral {
    /// Texts by path; a single text stands under an empty path and gets the name that its format has.
    package let files: [String: String]
    /// What detection is to say of it; `nil` for nothing.
    package let app: AppSpec?
    /// What git keeps with the right to run; `nil` when nobody asks git.
    private let executables: Set<String>?
    /// Sizes in bytes of files that are there beside the texts, by path.
    private let sizes: [String: Int]

    /// The text of one file of the rule's format.
    package init(stringLiteral text: String) { self.init(text) }
    /// The same of a text that is no literal.
    package init(_ text: String) { self.init(["": text]) }
    /// Texts by path, with what detection and git say of them.
    package init(
        _ files: [String: String], app: AppSpec? = nil, executables: Set<String>? = nil, sizes: [String: Int] = [:]
    ) {
        self.files = files
        self.app = app
        self.executables = executables
        self.sizes = sizes
    }
    /// Texts by path.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements) { _, last in last })
    }

    /// The repository; a single text is the file of this name.
    package func repository(defaultPath: String) -> CheckedRepository {
        var files = files
        if let text = files.removeValue(forKey: "") { files[defaultPath] = text }
        let (app, executables, sizes) = (app, executables, sizes)
        let paths = Set(files.keys)
        return CheckedRepository(
            tree: SourceTree(files: files), app: { app }, tracked: { executables == nil ? nil : paths },
            executables: { executables },
            sizes: { sizes.sorted { $0.key < $1.key }.map { BuildContext.File(path: $0.key, sizeInBytes: $0.value) } })
    }
}

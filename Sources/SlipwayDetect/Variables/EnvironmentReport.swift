// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// The environment contract beside what the repository's files give: one row per name, three kinds of trouble.
public struct EnvironmentReport: Codable, Equatable, Sendable {
    /// What is wrong with one name.
    public enum Trouble: String, Codable, Sendable {
        /// Code reads it and no file gives it.
        case neverGiven
        /// A file gives it and no code reads it.
        case neverRead
        /// Two places fall back on different values.
        case differentDefaults
    }

    /// One name.
    public struct Row: Codable, Equatable, Sendable {
        /// The contract's entry; without origins when only files know the name.
        public var variable: Variable
        /// `file:line` of each place that gives it, sorted.
        public var given: [String]
        /// Sorted as declared.
        public var troubles: [Trouble]
        /// The name that was probably meant.
        public var nearest: String?
        /// Each different default with the first place that has it: `8000 at app/main.py:3`; empty when they agree.
        public var defaults: [String]
    }

    /// Sorted by name.
    public let rows: [Row]
    /// The troubles as findings, and secrets that would be published.
    public let diagnostics: [Diagnostic]

    /// Reads the tree; pure.
    public init(tree: SourceTree, services: [Service]) {
        let scope = ServiceScope(tree: tree, services: services)
        let reads = EnvironmentContract.reads(tree: tree, scope: scope)
        let check = ContractCheck(
            variables: VariableMerge.variables(reads, scope: scope), reads: reads, given: GivenVariables(tree: tree))
        rows = check.rows
        diagnostics = check.diagnostics
    }

    /// Compares a dotenv file that is meant for running the application with the contract.
    /// - Returns: Required names that the file does not set, then names in it that nothing reads.
    public func check(dotenv text: String, path: String) -> [Diagnostic] {
        DotenvCheck(report: self).diagnostics(text, path: path)
    }
}

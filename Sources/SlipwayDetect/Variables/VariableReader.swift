// SPDX-License-Identifier: Apache-2.0

/// One way in which code reads its environment: a language's own, or one library family's.
protocol VariableReader: Sendable {
    /// What it recognises, for the documentation.
    var summary: String { get }
    var languages: Set<CodeLanguage> { get }
    /// Adds what the file reads.
    func read(_ code: Code, into file: inout FileReads)
}

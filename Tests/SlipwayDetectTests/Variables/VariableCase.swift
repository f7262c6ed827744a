// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

/// One source file and the variables that it reads, in a short notation: `NAME!` required, `NAME=x` with a default,
/// `NAME` optional, separated by blanks, in the order of names.
struct VariableCase: CustomTestStringConvertible {
    let file: String
    let source: String
    let expected: String

    init(_ file: String, _ source: String, _ expected: String) {
        self.file = file
        self.source = source
        self.expected = expected
    }

    var testDescription: String { "\(file): \(source)" }

    var found: String { Self.describe(SourceTree(files: [file: source])) }

    static func describe(_ tree: SourceTree, services: [Service] = []) -> String {
        EnvironmentContract.read(tree: tree, services: services).map { variable in
            variable.name + (variable.required ? "!" : variable.default.map { "=\($0)" } ?? "")
        }.joined(separator: " ")
    }
}

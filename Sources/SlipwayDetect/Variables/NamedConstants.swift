// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Constants of other files that hold names of variables, language by language.
struct NamedConstants {
    private var go: GoConstants
    private var rust: RustConstants

    init(_ tree: SourceTree) {
        go = GoConstants(tree)
        rust = RustConstants(tree)
    }

    /// The reads of a file whose constants are found.
    mutating func reads(of file: FileReads) -> [VariableRead] {
        file.code.language == .rust ? rust.reads(of: file) : go.reads(of: file)
    }
}

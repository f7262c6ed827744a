// SPDX-License-Identifier: Apache-2.0

/// One lexical element of a source file; comments and white space leave none.
struct CodeToken {
    enum Kind: UInt8 {
        /// A name or a keyword.
        case word
        case number
        /// A literal whose value stands in the file; the range is what is between the quotes.
        case string
        /// A literal with interpolation; the tokens of its expressions follow, between brackets.
        case template
        /// One byte of punctuation.
        case mark
    }

    var kind: Kind
    /// Whether nothing but white space stands before it on its line.
    var startsLine: Bool
    var start: Int32
    var end: Int32
    /// One-based.
    var line: Int32
    /// Zero-based, in bytes from the start of the line.
    var column: Int32
}

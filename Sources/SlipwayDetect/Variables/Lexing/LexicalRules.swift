// SPDX-License-Identifier: Apache-2.0

/// What a language's comments, strings and names look like, as far as finding calls and literals needs it.
struct LexicalRules: Sendable {
    /// How an expression is written inside a string.
    enum Interpolation: Sendable {
        case none
        /// `${x}`
        case dollarBrace
        /// `#{x}`
        case hashBrace
        /// `\(x)`
        case backslashParenthesis
        /// `{x}`, in strings with the prefix `f` or `$` only.
        case prefixedBrace
    }

    var hashComments = false
    var slashComments = false
    var dashComments = false
    var blockComments = false
    var htmlComments = false
    var tripleQuotes = false
    /// `'x'` is a string; otherwise a character literal or a lifetime.
    var singleQuotes = true
    /// A backtick opens a string over many lines.
    var backticks = false
    /// Backslashes and interpolation mean nothing between backticks.
    var rawBackticks = false
    /// `r"..."`, `r#"..."#`
    var hashRawStrings = false
    /// `f"..."`, `r"..."`, `$"..."`, `@"..."`
    var prefixedStrings = false
    var regexLiterals = false
    var dollarInNames = false
    /// In double quotes.
    var interpolation = Interpolation.none
}

extension LexicalRules {
    static let javaScript = LexicalRules(
        slashComments: true, blockComments: true, backticks: true, regexLiterals: true, dollarInNames: true)
    static let markup = LexicalRules(
        slashComments: true, blockComments: true, htmlComments: true, backticks: true, regexLiterals: true,
        dollarInNames: true)
    static let go = LexicalRules(
        slashComments: true, blockComments: true, singleQuotes: false, backticks: true, rawBackticks: true)
    static let rust = LexicalRules(
        slashComments: true, blockComments: true, singleQuotes: false, hashRawStrings: true)
    static let ruby = LexicalRules(hashComments: true, regexLiterals: true, interpolation: .hashBrace)
    static let php = LexicalRules(
        hashComments: true, slashComments: true, blockComments: true, dollarInNames: true)
    static let swift = LexicalRules(
        slashComments: true, blockComments: true, tripleQuotes: true, singleQuotes: false, hashRawStrings: true,
        interpolation: .backslashParenthesis)
    static let jvm = LexicalRules(
        slashComments: true, blockComments: true, tripleQuotes: true, interpolation: .none)
    static let cSharp = LexicalRules(
        slashComments: true, blockComments: true, tripleQuotes: true, prefixedStrings: true,
        interpolation: .prefixedBrace)
    static let elixir = LexicalRules(hashComments: true, tripleQuotes: true, interpolation: .hashBrace)
}

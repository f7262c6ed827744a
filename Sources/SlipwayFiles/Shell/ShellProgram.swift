// SPDX-License-Identifier: Apache-2.0

/// A shell text as a list of its simple commands, those in groups, loops, conditions and substitutions included.
///
/// Not a shell: what it cannot read it passes over, because a rule must rather miss something than be wrong.
package struct ShellProgram: Equatable, Sendable {
    /// In the order in which they end.
    package internal(set) var commands: [ShellCommand] = []
    /// How many `|` join commands.
    package internal(set) var pipeCount = 0
    /// Expansions that a blank in the value would cut.
    package internal(set) var splitExpansions: [SplitExpansion] = []
    /// UTF-8 offsets of backticks that open a substitution.
    package internal(set) var backticks: [Int] = []
    /// Whether something was left open or stood where it may not.
    package internal(set) var isBroken = false

    package init(parsing text: String) {
        let bytes = Array(text.utf8)
        var reader = ShellProgramReader(bytes, 0..<bytes.count)
        reader.read()
        self = reader.program
    }

    package init() {}
}

/// A command's name and its words.
package struct ShellCommand: Equatable, Sendable {
    /// How it follows the one before it.
    package enum Joint: Equatable, Sendable { case first, and, or, pipe, sequence }

    /// The words before the name that give variables.
    package internal(set) var assignments: [ShellWordText] = []
    /// The name's word first.
    package internal(set) var words: [ShellWordText] = []
    package internal(set) var joint = Joint.first
    /// Whether it stands in parentheses, `$(...)` or backticks, whose `cd` ends with them.
    package internal(set) var isInSubshell = false
    /// Whether an `||` follows.
    package internal(set) var isFollowedByOr = false
    /// Whether an `&&` follows.
    package internal(set) var isFollowedByAnd = false
    /// Whether its result is the condition of `if`, `while` or `!`.
    package internal(set) var isCondition = false
    /// The last `<<` word and whether a redirection exists at all.
    package internal(set) var redirections: [String] = []

    /// What runs it: `exec` and its like are passed over.
    private var start: Int {
        words.count > 1 && ["exec", "command", "builtin", "busybox"].contains(words[0].text)
            && !words[1].text.hasPrefix("-") ? 1 : 0
    }
    /// Empty without one.
    package var name: String { words.isEmpty ? "" : words[start].text }
    /// The words after the name, expansions as `${VAR}`.
    package var arguments: [String] { words.dropFirst(start + 1).map(\.text) }
}

/// A word with its quotes removed.
package struct ShellWordText: Equatable, Sendable {
    /// Expansions stand as `${VAR}`.
    package internal(set) var text = ""
    /// UTF-8 offset in the shell text.
    package let offset: Int
    /// As written.
    package internal(set) var source = ""
    /// Whether a part of it is in quotes.
    package internal(set) var isQuoted = false
}

/// An unquoted `$NAME` or `$(...)`.
package struct SplitExpansion: Equatable, Sendable {
    /// `nil` for a command's output.
    package let name: String?
    /// UTF-8 offset of the dollar sign or backtick.
    package let offset: Int
    /// The name of the command whose word it is in, if that stands before it.
    package internal(set) var command: String?
}

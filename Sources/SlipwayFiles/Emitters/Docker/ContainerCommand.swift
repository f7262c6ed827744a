// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A shell text as the words that a container starts: exec form, so that signals reach the program itself.
package enum ContainerCommand {
    private static let shellWords: Set<String> = [
        "cd", "export", "set", "if", "for", "while", "until", "case", ".", "eval", "exec", "source", "unset", "trap",
        "command", "test", "true", "false", "read", "umask", "wait",
    ]
    /// Programs that only look up another and stay in between.
    private static let launchers = ["npx --no-install ", "npx --no ", "npx ", "bunx ", "yarn exec ", "pnpm exec "]

    /// - Parameter start: POSIX shell text.
    package static func words(_ start: String) -> [String] {
        let text = withoutLauncher(start)
        if !needsShell(text), let words = ShellWord.split(text) { return words }
        return ["sh", "-c", replacingShell(text)]
    }

    /// Whether the text says more than a program and its arguments.
    static func needsShell(_ text: String) -> Bool {
        ShellWord.split(text)?.first.map(shellWords.contains) ?? true
    }

    /// A package's programs are in the image's search path, so nothing needs to look for them.
    static func withoutLauncher(_ text: String) -> String {
        for launcher in launchers where text.hasPrefix(launcher) {
            let rest = text.dropFirst(launcher.count)
            return rest.hasPrefix("-") ? text : String(rest)
        }
        return text
    }

    /// The text with `exec` before its last command, where that keeps its meaning: the shell then gives its place to
    /// the program, which gets the signals of the platform as process 1.
    static func replacingShell(_ text: String) -> String {
        var parts = text.split(separator: "&&", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }).trimmingSpaces
        }
        guard let last = parts.last, isSimple(last), parts.allSatisfy({ isBalanced($0) }) else { return text }
        let first = last.split(separator: " ").first.map(String.init) ?? ""
        guard !shellWords.contains(first) else { return text }
        let isAssignment = first.contains("=") && first.utf8.first?.isDigit == false && !first.hasPrefix("-")
        parts[parts.count - 1] = isAssignment ? "exec env \(last)" : "exec \(last)"
        return parts.joined(separator: " && ")
    }

    /// Whether the text is one command: no operator outside quotes and references.
    static func isSimple(_ text: String) -> Bool {
        var quote: Character?
        var depth = 0
        var previous: Character = " "
        for character in text {
            if let open = quote {
                if character == open, previous != "\\" { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "{", previous == "$" || depth > 0 {
                depth += 1
            } else if character == "}", depth > 0 {
                depth -= 1
            } else if depth == 0, ";|&\n<>(){}`!#".contains(character) {
                return false
            }
            previous = character
        }
        return quote == nil && depth == 0 && !text.isEmpty
    }

    /// Whether cutting at `&&` has cut no quoted text.
    private static func isBalanced(_ text: String) -> Bool {
        text.filter { $0 == "'" }.count % 2 == 0 && text.filter { $0 == "\"" }.count % 2 == 0 && !text.isEmpty
    }
}

extension String {
    /// Without blanks at either end.
    var trimmingSpaces: String {
        var text = self[...]
        while let last = text.last, last == " " || last == "\t" || last == "\n" { text.removeLast() }
        while let first = text.first, first == " " || first == "\t" || first == "\n" { text.removeFirst() }
        return String(text)
    }
}

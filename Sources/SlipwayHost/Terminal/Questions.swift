// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Asks the person at the keyboard.
public struct Questions: Sendable {
    private let output: Terminal

    /// `nil` when nobody can answer: standard input or standard error is no terminal.
    public static var ofPerson: Questions? {
        isatty(STDIN_FILENO) == 1 && Terminal.standardError.isInteractive ? Questions(output: .standardError) : nil
    }

    /// - Returns: What was typed, trimmed; the suggestion when that is nothing or the input has ended.
    public func answer(_ question: String, suggestion: String) -> String {
        output.write("\(output.styled(question, .bold)) [\(suggestion)] ")
        guard let line = readLine() else {
            output.print("")
            return suggestion
        }
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? suggestion : words.joined(separator: " ")
    }
}

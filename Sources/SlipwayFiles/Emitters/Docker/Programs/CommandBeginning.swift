// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which program a shell text starts, and what stands for it elsewhere.
enum CommandBeginning {
    /// The text with the first words of each of its commands changed; assignments and `exec` before them stay.
    ///
    /// - Parameter change: Gets a command's words from its program on, as they are written, and says how many of them
    ///   become which text; `nil` leaves the command as it is.
    static func changing(_ text: String, _ change: ([String]) -> (count: Int, text: String)?) -> String {
        let commands = text.split(separator: "&&", omittingEmptySubsequences: false).map(String.init)
        guard commands.allSatisfy(isWhole) else { return text }
        return commands.map { changingOne($0, change) }.joined(separator: "&&")
    }

    /// The words of each command, from its program on.
    static func words(of text: String) -> [[String]] {
        var found: [[String]] = []
        _ = changing(text) { words in
            found.append(words)
            return nil
        }
        return found
    }

    private static func changingOne(_ command: String, _ change: ([String]) -> (count: Int, text: String)?) -> String {
        let all = words(in: command)
        let first = all.firstIndex { !isBefore($0) } ?? all.endIndex
        let rest = all[first...]
        guard !rest.isEmpty, let found = change(rest.map(String.init)), found.count > 0, found.count <= rest.count
        else { return command }
        let end = rest[first + found.count - 1].endIndex
        return command[..<rest[first].startIndex] + found.text + command[end...]
    }

    private static func words(in command: String) -> [Substring] {
        command.split { $0 == " " || $0 == "\t" || $0 == "\n" }
    }

    private static func isBefore(_ word: Substring) -> Bool {
        if word == "exec" || word == "env" { return true }
        guard let sign = word.firstIndex(of: "=") else { return false }
        return word[..<sign].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && sign != word.startIndex
    }

    /// Whether cutting has cut no quoted text.
    private static func isWhole(_ text: String) -> Bool {
        text.count { $0 == "'" } % 2 == 0 && text.count { $0 == "\"" } % 2 == 0
    }
}

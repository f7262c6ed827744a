// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Edits and splits of a service's start command, which is shell text. Pure.
package enum StartCommand {
    /// Flags whose argument is a port.
    private static let portFlags: Set<Substring> = ["--port", "-p", "--http-port", "--server.port", "-port"]
    /// Subcommands that take a port as their argument.
    private static let portCommands: Set<Substring> = ["runserver", "http.server"]
    /// Flags whose argument may be a bare `:8000`, which means every address.
    private static let bindFlags: Set<Substring> = ["-b", "--bind", "--listen", "-l"]

    /// Binds loopback where the text binds every address: behind the edge nobody else may reach the process.
    package static func onLoopback(_ text: String) -> String {
        edit(text) { token, previous in
            var token = String(token)
            for every in ["0.0.0.0", "[::]"] {
                guard let range = token.firstRange(of: every) else { continue }
                let before = range.lowerBound == token.startIndex ? nil : token[token.index(before: range.lowerBound)]
                let after = range.upperBound == token.endIndex ? nil : token[range.upperBound]
                guard before.map({ "='\"/-".contains($0) }) ?? true, after.map({ ":'\"}".contains($0) }) ?? true else {
                    continue
                }
                token = token[..<range.lowerBound] + "127.0.0.1" + token[range.upperBound...]
            }
            if token.hasPrefix(":"), previous.map(bindFlags.contains) ?? false { token = "127.0.0.1" + token }
            if token == "::", ["--host", "-H", "--hostname"].contains(previous) { token = "127.0.0.1" }
            return token
        }
    }

    /// The text with its literal port replaced, or `nil` when the port does not stand in it.
    package static func moving(_ text: String, from old: UInt16, to new: UInt16) -> String? {
        var isFound = false
        let edited = edit(text) { token, previous in
            let isArgument = previous.map { portFlags.contains($0) || portCommands.contains($0) } ?? false
            if token == "\(old)", isArgument {
                isFound = true
                return "\(new)"
            }
            for separator in ["=", ":"] where token.hasSuffix("\(separator)\(old)") {
                let head = token.dropLast("\(old)".count)
                guard separator == ":" || portFlags.contains(head.dropLast()) else { continue }
                isFound = true
                return head + "\(new)"
            }
            return String(token)
        }
        return isFound ? edited : nil
    }

    /// The program to start directly, or a shell where the text needs one.
    /// - Parameter find: The absolute path of a program, or `nil`.
    package static func program(
        _ text: String, directory: String, find: (String) -> String?
    ) throws -> (executable: String, arguments: [String]) {
        guard let words = ShellWord.split(text), let first = words.first else {
            // The shell gives its place to the program, so that signals and the diagnosis meet the program itself.
            return ("/bin/sh", ["-c", canBeReplaced(text) ? "exec " + text : text])
        }
        if first.contains("/") {
            let path =
                first.hasPrefix("/")
                ? first : directory + "/" + (first.hasPrefix("./") ? first.dropFirst(2) : first[...])
            return (path, Array(words.dropFirst()))
        }
        if let path = find(first) { return (path, Array(words.dropFirst())) }
        throw SlipwayError(
            .missingTool, "the start command's program \(first) is not installed: \(text)",
            hint: "add \(first) to the service's dependencies, or state another start command in slipway.yml")
    }

    /// Whether `exec` in front keeps the meaning: one command, no assignment before it, not a shell's own word.
    private static func canBeReplaced(_ text: String) -> Bool {
        guard !text.contains(where: { ";&|\n(){}`!<>#".contains($0) && !isReference($0, in: text) }) else {
            return false
        }
        let first = text.split(separator: " ").first ?? ""
        return !first.contains("=")
            && !["cd", "export", "set", "if", "for", "while", ".", "exec", "eval"].contains(first)
    }

    /// Braces of `${PORT:-8000}` start no group.
    private static func isReference(_ character: Character, in text: String) -> Bool {
        (character == "{" || character == "}") && text.contains("${")
    }

    /// Applies a change to each word of the raw text; spaces stay as they are.
    private static func edit(_ text: String, _ change: (Substring, Substring?) -> String) -> String {
        var result = ""
        var previous: Substring?
        var rest = text[...]
        while !rest.isEmpty {
            let space = rest.prefix { $0 == " " || $0 == "\t" || $0 == "\n" }
            rest = rest[space.endIndex...]
            let token = rest.prefix { $0 != " " && $0 != "\t" && $0 != "\n" }
            rest = rest[token.endIndex...]
            result += space
            guard !token.isEmpty else { break }
            result += change(token, previous)
            previous = token
        }
        return result
    }
}

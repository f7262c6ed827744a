// SPDX-License-Identifier: Apache-2.0

/// A `# name=value` at the very top of a Dockerfile.
public struct DockerfileDirective: Equatable, Sendable {
    /// `syntax`, `escape` or `check`.
    public let name: String
    /// As written, trimmed.
    public let value: String
    /// One-based.
    public let line: Int
}

/// Reads directives until the first line that is none (frontend/dockerfile/parser/directives.go).
struct DockerfileDirectiveReader {
    private var isDone = false
    private(set) var directives: [DockerfileDirective] = []

    struct Failure: Error {
        let message: String
    }

    /// Takes the next line of the file, trimmed; returns the directive in it.
    mutating func read(_ line: ArraySlice<UInt8>, number: Int) throws(Failure) -> DockerfileDirective? {
        guard !isDone else { return nil }
        guard let (name, value) = Self.split(line), ["syntax", "escape", "check"].contains(name) else {
            isDone = true
            return nil
        }
        guard !directives.contains(where: { $0.name == name }) else {
            throw Failure(message: "only one \(name) parser directive can be used")
        }
        let directive = DockerfileDirective(name: name, value: value, line: number)
        directives.append(directive)
        guard name != "escape" || value == "`" || value == "\\" else {
            throw Failure(message: "invalid escape token '\(value)' does not match ` or \\")
        }
        return directive
    }

    private static func split(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard line.first == UInt8(ascii: "#") else { return nil }
        var rest = line.dropFirst()
        while case let length = UnicodeSpace.length(rest), length > 0 { rest = rest.dropFirst(length) }
        let name = rest.prefix { $0.isLetter || $0.isDigit }
        guard name.first?.isLetter == true else { return nil }
        rest = rest.dropFirst(name.count).drop(while: isPatternSpace)
        guard rest.popFirst() == UInt8(ascii: "="), !rest.isEmpty else { return nil }
        var value = rest.drop(while: isPatternSpace)
        // The pattern wants one character, and gets it from the blanks when there is nothing else.
        if value.isEmpty { value = rest.suffix(1) }
        while value.count > 1, let last = value.last, isPatternSpace(last) { value.removeLast() }
        return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
    }

    /// `\s` of Go's regular expressions.
    private static func isPatternSpace(_ byte: UInt8) -> Bool { byte.isSpace && byte != 0x0B }
}

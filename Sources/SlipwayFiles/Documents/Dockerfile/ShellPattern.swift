// SPDX-License-Identifier: Apache-2.0

/// The wildcards of `${X#p}`, `${X%p}` and `${X/p/r}` in a Dockerfile: `*`, `?` and escapes, without brackets.
struct ShellPattern {
    private enum Token { case any, many, one(Unicode.Scalar) }
    /// Steps that one match may take; a real pattern over a real value stays far below.
    private static let mostSteps = 1 << 22

    private let tokens: [Token]

    init(_ text: String) throws(DockerfileLexer.Failure) {
        var tokens: [Token] = []
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "*": tokens.append(.many)
            case "?": tokens.append(.any)
            case "\\":
                if scalars.first == "}" || scalars.first == "/" { continue }
                guard let escaped = scalars.popFirst(), "*?\\".unicodeScalars.contains(escaped) else {
                    throw DockerfileLexer.Failure(message: "invalid pattern (\(text)) in substitution: invalid escape")
                }
                tokens.append(.one(escaped))
            default: tokens.append(.one(scalar))
            }
        }
        self.tokens = tokens
    }

    func removingPrefix(of value: String, longest: Bool) -> String {
        let scalars = Array(value.unicodeScalars)
        return match(tokens, scalars[...], longest: longest).map { Self.text(scalars[$0...]) } ?? value
    }

    func removingSuffix(of value: String, longest: Bool) -> String {
        let scalars = Array(value.unicodeScalars.reversed())
        return match(tokens.reversed(), scalars[...], longest: longest)
            .map { Self.text(scalars[$0...].reversed()) } ?? value
    }

    func replacing(in value: String, with replacement: String, everywhere: Bool) -> String {
        let scalars = Array(value.unicodeScalars)
        guard scalars.count * max(scalars.count, 1) * (tokens.count + 1) <= Self.mostSteps else { return value }
        var result = ""
        var index = 0
        var isAfterMatch = false
        while index <= scalars.count {
            if let end = match(tokens, scalars[index...], longest: true), !(isAfterMatch && end == index) {
                result += replacement
                guard everywhere else { return result + Self.text(scalars[end...]) }
                isAfterMatch = true
                guard end == index else {
                    index = end
                    continue
                }
            }
            if index < scalars.count { result.unicodeScalars.append(scalars[index]) }
            index += 1
            isAfterMatch = false
        }
        return result
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Where the shortest or longest match from the start of the value ends. All ways to match advance together, so a
    /// pattern of many stars costs no more than its length times the value's.
    private func match(_ tokens: [Token], _ value: ArraySlice<Unicode.Scalar>, longest: Bool) -> Int? {
        guard value.count * (tokens.count + 1) <= Self.mostSteps else { return nil }
        var states = [Bool](repeating: false, count: tokens.count + 1)
        states[0] = true
        var found: Int?
        var index = value.startIndex
        while true {
            for place in tokens.indices where states[place] {
                if case .many = tokens[place] { states[place + 1] = true }
            }
            if states[tokens.count] {
                found = index
                if !longest { return found }
            }
            guard index < value.endIndex, states.contains(true) else { return found }
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for place in tokens.indices where states[place] {
                switch tokens[place] {
                case .many: next[place] = next[place] || value[index] != "\n"
                case .any: next[place + 1] = next[place + 1] || value[index] != "\n"
                case .one(let scalar): next[place + 1] = next[place + 1] || value[index] == scalar
                }
            }
            states = next
            index += 1
        }
    }
}

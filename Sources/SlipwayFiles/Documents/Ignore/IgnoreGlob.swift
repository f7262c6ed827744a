// SPDX-License-Identifier: Apache-2.0

/// One pattern of a .dockerignore as moby/patternmatcher compiles it.
struct IgnoreGlob: Equatable, Sendable {
    private enum Token: Equatable, Sendable {
        case one(Unicode.Scalar)
        case among([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        /// `?`
        case notSlash
        /// `*`
        case manyNotSlash
        /// `**` at the end.
        case anything
        /// `**` before more: nothing, or anything that ends in `/`.
        case folders
        /// `^`, which stays an anchor of the regular expression.
        case start
        /// `|`, which parts alternatives of the regular expression.
        case or
        case never
    }
    private enum Kind: Equatable, Sendable {
        case exact
        case prefix([UInt8])
        case suffix([UInt8])
        /// Alternatives; the first is bound to the path's start, the last to its end.
        case tokens([[Token]])
    }

    let pattern: String
    private let kind: Kind

    /// `nil` when Go's `filepath.Match` calls the pattern malformed, which fails a build.
    init?(_ pattern: String) {
        self.pattern = pattern
        var scalars = Array(pattern.unicodeScalars)[...]
        var tokens: [Token] = []
        var isLiteral = true
        var startsWithFolders = false
        var endsWithAnything = false
        var position = 0
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "*" where scalars.first == "*":
                scalars.removeFirst()
                if scalars.first == "/" { scalars.removeFirst() }
                if scalars.isEmpty {
                    endsWithAnything = isLiteral && !startsWithFolders
                    if startsWithFolders { isLiteral = false }
                    tokens.append(.anything)
                } else {
                    if position > 0 { isLiteral = false }
                    tokens.append(.folders)
                }
                if position == 0 {
                    startsWithFolders = true
                    endsWithAnything = false
                }
            case "*":
                tokens.append(.manyNotSlash)
                isLiteral = false
            case "?":
                tokens.append(.notSlash)
                isLiteral = false
            case "\\":
                guard let escaped = scalars.popFirst(), let token = Self.escape(escaped) else { return nil }
                tokens.append(token)
                isLiteral = false
            case "[":
                guard let token = Self.characterClass(&scalars) else { return nil }
                tokens.append(token)
                isLiteral = false
            case "]":
                tokens.append(.one("]"))
                isLiteral = false
            // Docker escapes neither of these when it turns a pattern with wildcards into a regular expression.
            case "^": tokens.append(.start)
            case "|": tokens.append(.or)
            default: tokens.append(.one(scalar))
            }
            position += 1
        }
        let bytes = Array(pattern.utf8)
        if !isLiteral {
            kind = .tokens(tokens.split(separator: .or, omittingEmptySubsequences: false).map(Array.init))
        } else if startsWithFolders {
            kind = .suffix(Array(bytes.dropFirst(2)))
        } else {
            kind = endsWithAnything ? .prefix(bytes.dropLast(2)) : .exact
        }
    }

    func matches(_ path: String) -> Bool {
        switch kind {
        case .exact: return path == pattern
        case .prefix(let prefix): return path.utf8.starts(with: prefix)
        case .suffix(let suffix):
            let bytes = Array(path.utf8)
            if bytes.suffix(suffix.count).elementsEqual(suffix) { return true }
            return suffix.first == UInt8(ascii: "/") && bytes.elementsEqual(suffix.dropFirst())
        case .tokens(let alternatives):
            return alternatives.indices.contains { index in
                Self.match(
                    alternatives[index], path, fromStart: index == 0, toEnd: index == alternatives.count - 1)
            }
        }
    }

    /// What an escaped character stands for in Go's regular expressions; `nil` when they do not compile.
    private static func escape(_ scalar: Unicode.Scalar) -> Token? {
        switch scalar {
        case "d": .among(["0"..."9"], isNegated: false)
        case "D": .among(["0"..."9"], isNegated: true)
        case "w": .among(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"], isNegated: false)
        case "W": .among(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"], isNegated: true)
        case "s": .among(["\t"..."\n", "\u{0C}"..."\r", " "..." "], isNegated: false)
        case "S": .among(["\t"..."\n", "\u{0C}"..."\r", " "..." "], isNegated: true)
        case "a": .one("\u{07}")
        case "f": .one("\u{0C}")
        case "n": .one("\n")
        case "r": .one("\r")
        case "t": .one("\t")
        case "v": .one("\u{0B}")
        // Assertions about words and the text's ends, which no file's name is written for.
        case "A", "B", "b", "z": .never
        default: scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9" ~= scalar) ? .one(scalar) : nil
        }
    }

    /// `[^a-z\]]` after its bracket, in the grammar of `filepath.Match`.
    private static func characterClass(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Token? {
        let isNegated = scalars.first == "^"
        if isNegated { scalars.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while scalars.first != "]" || ranges.isEmpty {
            guard let low = classScalar(&scalars) else { return nil }
            var high = low
            if scalars.first == "-" {
                scalars.removeFirst()
                guard let end = classScalar(&scalars) else { return nil }
                high = end
            }
            // A range from high to low is a regular expression that does not compile: it never matches.
            guard low <= high else { return skip(&scalars) ? .never : nil }
            ranges.append(low...high)
        }
        scalars.removeFirst()
        return .among(ranges, isNegated: isNegated)
    }

    private static func skip(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Bool {
        while let scalar = scalars.popFirst() {
            if scalar == "]" { return true }
            if scalar == "\\" { _ = scalars.popFirst() }
        }
        return false
    }

    private static func classScalar(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
        guard let scalar = scalars.popFirst(), scalar != "-", scalar != "]", !scalars.isEmpty else { return nil }
        guard scalar == "\\" else { return scalar }
        guard let escaped = scalars.popFirst(), !scalars.isEmpty else { return nil }
        return escaped
    }

    /// All ways to match advance together: linear in the path for any pattern.
    private static func match(_ tokens: [Token], _ path: String, fromStart: Bool, toEnd: Bool) -> Bool {
        var states = [Bool](repeating: false, count: tokens.count + 1)
        var inFolders = states
        states[0] = true
        settle(tokens, &states, isAtStart: true)
        for scalar in path.unicodeScalars {
            if !toEnd, states[tokens.count] { return true }
            var next = [Bool](repeating: false, count: tokens.count + 1)
            var nextInFolders = next
            for index in tokens.indices where states[index] || inFolders[index] {
                switch tokens[index] {
                case .one(let wanted): next[index + 1] = next[index + 1] || scalar == wanted
                case .among(let ranges, let isNegated):
                    next[index + 1] = next[index + 1] || ranges.contains { $0 ~= scalar } != isNegated
                case .notSlash: next[index + 1] = next[index + 1] || scalar != "/"
                case .manyNotSlash: next[index] = next[index] || scalar != "/"
                case .anything: next[index] = next[index] || scalar != "\n"
                case .folders:
                    if scalar == "/" { next[index + 1] = true }
                    if scalar != "\n" { nextInFolders[index] = true }
                case .start, .or, .never: break
                }
            }
            if !fromStart { next[0] = true }
            states = next
            inFolders = nextInFolders
            settle(tokens, &states, isAtStart: false)
        }
        return states[tokens.count]
    }

    /// Steps over tokens that may match nothing.
    private static func settle(_ tokens: [Token], _ states: inout [Bool], isAtStart: Bool) {
        for index in tokens.indices where states[index] {
            switch tokens[index] {
            case .manyNotSlash, .anything, .folders: states[index + 1] = true
            case .start: states[index + 1] = states[index + 1] || isAtStart
            default: break
            }
        }
    }
}

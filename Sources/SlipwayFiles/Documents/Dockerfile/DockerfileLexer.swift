// SPDX-License-Identifier: Apache-2.0

/// Words, quotes and variables of an instruction's arguments, as BuildKit's shell lexer reads them
/// (frontend/dockerfile/shell/lex.go).
struct DockerfileLexer {
    struct Failure: Error, Equatable {
        let message: String
    }
    /// What differs between reading arguments and looking for heredocs.
    struct Options {
        var escape: Unicode.Scalar = "\\"
        /// Keeps quotes in the result.
        var keepsQuotes = false
        /// Keeps escape characters in the result.
        var keepsEscapes = false
        /// Leaves references to unknown variables as written.
        var keepsUnknown = false
    }

    /// `${a:-${b:-...` deeper than this is refused; every level is a frame of the stack.
    private static let deepestNesting = 100

    private let options: Options
    private let lookup: (String) -> String?
    private let source: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var keepsEscapes: Bool
    /// One buffer for the words of all levels, because BuildKit's has one: a nested expansion starts the word anew.
    private var wordBuffer = ""
    /// Names that were asked for and unknown.
    private(set) var unknown: [String] = []

    init(_ text: String, options: Options = Options(), lookup: @escaping (String) -> String?) {
        self.options = options
        self.lookup = lookup
        keepsEscapes = options.keepsEscapes
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        source = scalars
    }

    /// The whole text with quotes removed and variables replaced, and the same cut into words.
    mutating func read() throws(Failure) -> (text: String, words: [String]) {
        try read(until: nil, keepingEscapes: options.keepsEscapes)
    }

    private struct Words {
        var words: [String] = []
        var isInside = false
    }

    private mutating func next() -> Unicode.Scalar? {
        guard index < source.count else { return nil }
        index += 1
        return source[index - 1]
    }

    private var peek: Unicode.Scalar? { index < source.count ? source[index] : nil }

    private mutating func addRaw(_ scalar: Unicode.Scalar, to words: inout Words) {
        wordBuffer.unicodeScalars.append(scalar)
        words.isInside = true
    }

    private mutating func add(_ scalar: Unicode.Scalar, to words: inout Words) {
        guard scalar.isGoSpace else { return addRaw(scalar, to: &words) }
        if words.isInside, !wordBuffer.isEmpty {
            words.words.append(wordBuffer)
            wordBuffer = ""
            words.isInside = false
        }
    }

    private mutating func finish(_ words: Words) -> [String] {
        defer { wordBuffer = "" }
        return wordBuffer.isEmpty ? words.words : words.words + [wordBuffer]
    }

    private mutating func read(
        until stop: Unicode.Scalar?, keepingEscapes: Bool
    ) throws(Failure) -> (text: String, words: [String]) {
        depth += 1
        let outer = keepsEscapes
        keepsEscapes = keepingEscapes
        defer {
            depth -= 1
            keepsEscapes = outer
        }
        guard depth <= Self.deepestNesting else { throw Failure(message: "substitutions are nested too deep") }
        var result = ""
        wordBuffer = ""
        var words = Words()
        while let scalar = peek {
            if scalar == stop {
                index += 1
                return (result, finish(words))
            }
            if let special = try special(scalar) {
                result += special
                if scalar == "$" {
                    for scalar in special.unicodeScalars { add(scalar, to: &words) }
                } else {
                    wordBuffer += special
                    words.isInside = true
                }
                continue
            }
            index += 1
            guard scalar == options.escape else {
                add(scalar, to: &words)
                result.unicodeScalars.append(scalar)
                continue
            }
            if keepsEscapes {
                addRaw(scalar, to: &words)
                result.unicodeScalars.append(scalar)
            }
            guard let escaped = next() else { break }
            addRaw(escaped, to: &words)
            result.unicodeScalars.append(escaped)
        }
        if let stop { throw Failure(message: "unexpected end of statement while looking for matching \(stop)") }
        return (result, finish(words))
    }

    /// What a quote, a `$` or a `<` stands for; `nil` for any other scalar.
    private mutating func special(_ scalar: Unicode.Scalar) throws(Failure) -> String? {
        switch scalar {
        case "'": try singleQuoted()
        case "\"": try doubleQuoted()
        case "$": try dollar()
        case "<": heredocMark()
        default: nil
        }
    }

    private mutating func singleQuoted() throws(Failure) -> String {
        var result = ""
        index += 1
        if options.keepsQuotes { result.unicodeScalars.append("'") }
        while let scalar = next() {
            if scalar == "'" {
                if options.keepsQuotes { result.unicodeScalars.append("'") }
                return result
            }
            result.unicodeScalars.append(scalar)
        }
        throw Failure(message: "unexpected end of statement while looking for matching single-quote")
    }

    private mutating func doubleQuoted() throws(Failure) -> String {
        var result = ""
        index += 1
        if options.keepsQuotes { result.unicodeScalars.append("\"") }
        while let scalar = peek {
            if scalar == "$" {
                result += try dollar()
                continue
            }
            index += 1
            if scalar == "\"" {
                if options.keepsQuotes { result.unicodeScalars.append("\"") }
                return result
            }
            guard scalar == options.escape else {
                result.unicodeScalars.append(scalar)
                continue
            }
            if keepsEscapes { result.unicodeScalars.append(scalar) }
            guard let escaped = peek else { continue }
            if escaped == "\"" || escaped == "$" || escaped == options.escape {
                result.unicodeScalars.append(escaped)
                index += 1
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        throw Failure(message: "unexpected end of statement while looking for matching double-quote")
    }

    /// `<`, or `<<` with the blanks after it, so that a heredoc's name stays in the word of its mark.
    private mutating func heredocMark() -> String {
        index += 1
        guard peek == "<" else { return "<" }
        index += 1
        var result = "<<"
        while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\r" {
            result.unicodeScalars.append(scalar)
            index += 1
        }
        return result
    }

    private mutating func value(of name: String) -> String? {
        let value = lookup(name)
        if value == nil { unknown.append(name) }
        return value
    }

    private mutating func dollar() throws(Failure) -> String {
        index += 1
        guard peek == "{" else {
            let name = name()
            guard !name.isEmpty else { return "$" }
            return value(of: name) ?? (options.keepsUnknown ? "$\(name)" : "")
        }
        index += 1
        switch peek {
        case nil: throw Failure(message: "syntax error: missing '}'")
        case "{", "}", ":": throw Failure(message: "syntax error: bad substitution")
        default: break
        }
        let name = name()
        switch next() {
        case "}": return value(of: name) ?? (options.keepsUnknown ? "${\(name)}" : "")
        case ":":
            let modifier = next() ?? "\u{FFFD}"
            guard modifier != "#", modifier != "%" else {
                throw Failure(message: "unsupported modifier (:\(modifier)) in substitution")
            }
            return try substitute(name, modifier, emptyIsUnset: true)
        case "/": return try replace(name)
        case let modifier?:
            guard "+-?#%".unicodeScalars.contains(modifier) else {
                throw Failure(message: "unsupported modifier (\(modifier)) in substitution")
            }
            return try substitute(name, modifier, emptyIsUnset: false)
        case nil: throw Failure(message: "unsupported modifier (\u{FFFD}) in substitution")
        }
    }

    private mutating func operand(until stop: Unicode.Scalar, keepingEscapes: Bool) throws(Failure) -> String {
        do throws(Failure) {
            return try read(until: stop, keepingEscapes: keepingEscapes).text
        } catch {
            guard peek == nil else { throw error }
            throw Failure(message: stop == "/" ? "syntax error: missing '/' in ${}" : "syntax error: missing '}'")
        }
    }

    private mutating func substitute(
        _ name: String, _ modifier: Unicode.Scalar, emptyIsUnset: Bool
    ) throws(Failure) -> String {
        let isPattern = modifier == "#" || modifier == "%"
        var word = try operand(until: "}", keepingEscapes: isPattern)
        let value = value(of: name)
        if options.keepsUnknown, value == nil { return "${\(name)\(emptyIsUnset ? ":" : "")\(modifier)\(word)}" }
        let isMissing = value == nil || emptyIsUnset && value == ""
        switch modifier {
        case "-": return isMissing ? word : value ?? ""
        case "+": return isMissing ? "" : word
        case "?":
            let reason = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
            if isMissing { throw Failure(message: "\(name): \(word.isEmpty ? reason : word)") }
            return value ?? ""
        case "#", "%":
            let isLongest = word.unicodeScalars.first == modifier
            if isLongest { word = String(word.unicodeScalars.dropFirst()) }
            let pattern = try ShellPattern(word)
            return modifier == "#"
                ? pattern.removingPrefix(of: value ?? "", longest: isLongest)
                : pattern.removingSuffix(of: value ?? "", longest: isLongest)
        default: throw Failure(message: "unsupported modifier (:\(modifier)) in substitution")
        }
    }

    private mutating func replace(_ name: String) throws(Failure) -> String {
        let replacesAll = peek == "/"
        if replacesAll { index += 1 }
        let pattern = try operand(until: "/", keepingEscapes: true)
        let replacement = try operand(until: "}", keepingEscapes: true)
        let value = value(of: name)
        if options.keepsUnknown, value == nil { return "${\(name)/\(pattern)/\(replacement)}" }
        return try ShellPattern(pattern).replacing(in: value ?? "", with: replacement, everywhere: replacesAll)
    }

    /// Letters, digits and `_`; digits alone; or one special parameter.
    private mutating func name() -> String {
        var name = String.UnicodeScalarView()
        if let first = peek, first.properties.generalCategory == .decimalNumber {
            while let digit = peek, digit.properties.generalCategory == .decimalNumber {
                name.append(digit)
                index += 1
            }
            return String(name)
        }
        if let first = peek, "@*#?-$!0".unicodeScalars.contains(first) {
            index += 1
            return String(first)
        }
        while let scalar = peek,
            scalar.isGoLetter || scalar == "_" || scalar.properties.generalCategory == .decimalNumber
        {
            name.append(scalar)
            index += 1
        }
        return String(name)
    }
}

extension Unicode.Scalar {
    /// What Go's `unicode.IsSpace` holds.
    var isGoSpace: Bool { properties.isWhitespace }

    /// What Go's `unicode.IsLetter` holds.
    var isGoLetter: Bool {
        if isASCII { return properties.isAlphabetic }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Reads a shell text once from left to right (POSIX.1-2017, Shell Command Language, with bash's common additions).
struct ShellProgramReader {
    /// Substitutions within substitutions deeper than this are passed over.
    static let deepest = 40

    let bytes: [UInt8]
    var index: Int
    let end: Int
    let depth: Int
    var program = ShellProgram()

    var command: ShellCommand?
    var joint = ShellCommand.Joint.first
    /// Whether the next word can be a command's name or a reserved word.
    var isAtStart = true
    var subshells = 0
    var conditions = 0
    var isNegated = false
    /// Words that end here-documents whose bodies follow the line's end.
    var pendingHeredocs: [(name: String, dropsTabs: Bool)] = []

    /// - Parameter range: What is read; offsets are those of the whole text.
    init(_ bytes: [UInt8], _ range: Range<Int>, depth: Int = 0) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
        self.depth = depth
    }

    var current: UInt8? { index < end ? bytes[index] : nil }
    func peek(_ offset: Int) -> UInt8? { index + offset < end ? bytes[index + offset] : nil }
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= end else { return false }
        for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { return false }
        index += count
        return true
    }

    // MARK: Lists

    mutating func read() {
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "\n"): index += 2
            case UInt8(ascii: "\n"):
                finish(.sequence)
                index += 1
                skipHeredocs()
            case UInt8(ascii: "#"): while let byte = current, byte != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: ")") where isInTest: index += 1
            case UInt8(ascii: ")"):
                if subshells > 0 {
                    finish(.sequence)
                    subshells -= 1
                    isAtStart = false
                } else {
                    program.isBroken = true
                }
                index += 1
            default: element(byte)
            }
        }
        finish(.sequence)
    }

    /// Between `[[` and `]]`, operators belong to the test.
    var isInTest: Bool { command?.name == "[[" && command?.words.last?.source != "]]" }

    mutating func element(_ byte: UInt8) {
        if isInTest {
            if UInt8(ascii: "&") == byte || UInt8(ascii: "|") == byte || UInt8(ascii: "(") == byte
                || UInt8(ascii: "<") == byte || UInt8(ascii: ">") == byte
            {
                index += 1
                return
            }
            return word()
        }
        if take("&&") { return finish(.and) }
        if take("||") { return finish(.or) }
        if take("|&") || take("|") {
            program.pipeCount += 1
            return finish(.pipe)
        }
        if take(";;&") || take(";;") || take(";&") {
            finish(.sequence)
            return caseItem()
        }
        if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "&") && peek(1) != UInt8(ascii: ">") {
            index += 1
            return finish(.sequence)
        }
        if byte == UInt8(ascii: "("), command == nil {
            if peek(1) == UInt8(ascii: "("), let end = closing(from: index + 2, of: "))") {
                index = end
                isAtStart = false
                return
            }
            index += 1
            subshells += 1
            isAtStart = true
            return
        }
        if byte == UInt8(ascii: "(") {
            // `name()` of a function.
            index += 1
            if take(")") {
                command = nil
                isAtStart = true
            }
            return
        }
        if redirection() { return }
        word()
    }

    mutating func finish(_ next: ShellCommand.Joint) {
        if var done = command {
            done.isFollowedByOr = next == .or
            done.isFollowedByAnd = next == .and
            add(done)
        }
        command = nil
        joint = next
        isAtStart = true
        isNegated = false
    }

    mutating func add(_ command: ShellCommand) {
        guard !command.words.isEmpty || !command.assignments.isEmpty else { return }
        program.commands.append(command)
    }

    // MARK: Words

    mutating func word() {
        let start = index
        var word = ShellWordText(offset: start)
        let isBracket = command?.name == "[["
        read(&word, isBracket: isBracket)
        if index == start {
            index += 1
            return
        }
        word.source = String(decoding: bytes[start..<index], as: UTF8.self)
        if isAtStart, reserved(word.source) { return }
        var current = command ?? ShellCommand()
        if command == nil {
            current.joint = joint
            current.isInSubshell = subshells > 0 || depth > 0
            current.isCondition = conditions > 0 || isNegated
        }
        if current.words.isEmpty, Self.isAssignment(word.source) {
            current.assignments.append(word)
            if self.current == UInt8(ascii: "(") { skipArray() }
        } else {
            current.words.append(word)
        }
        command = current
        isAtStart = false
    }

    /// Steps over a reserved word; whether it was one.
    mutating func reserved(_ word: String) -> Bool {
        switch word {
        case "then", "do", "else":
            conditions = max(0, conditions - (word == "else" ? 0 : 1))
        case "if", "while", "until", "elif": conditions += 1
        case "{", "time": break
        case "!": isNegated = true
        case "fi", "done", "esac", "}":
            isAtStart = false
            command = nil
            return true
        case "for", "select":
            while let byte = current, byte.isBlank || byte.isNameByte {
                index += 1
                if byte.isBlank, restStarts(with: "in") { break }
            }
            // The words of the list are no command, but their expansions count.
            var list = ShellWordText(offset: index)
            while let byte = current, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "\n") {
                let before = index
                read(&list, isBracket: false)
                if index == before { index += 1 }
            }
            conditions += 1
        case "case":
            var subject = ShellWordText(offset: index)
            while let byte = current, byte.isBlank { index += 1 }
            read(&subject, isBracket: false)
            while let byte = current, byte.isSpace { index += 1 }
            _ = take("in")
            caseItem()
        case "function":
            while let byte = current, byte.isBlank { index += 1 }
            while let byte = current, !byte.isSpace, byte != UInt8(ascii: "(") { index += 1 }
            _ = take("()")
        default: return false
        }
        isAtStart = true
        return true
    }

    func restStarts(with word: String) -> Bool {
        let utf8 = Array(word.utf8)
        guard index + utf8.count < end else { return false }
        return bytes[index..<index + utf8.count].elementsEqual(utf8) && bytes[index + utf8.count].isSpace
    }

    /// Steps over the pattern of a case.
    mutating func caseItem() {
        while let byte = current, byte.isSpace { index += 1 }
        if restStarts(with: "esac") || current == nil { return }
        if bytes[index..<end].starts(with: Array("esac".utf8)) { return }
        while let byte = current, byte != UInt8(ascii: ")") {
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                var skipped = ShellWordText(offset: index)
                read(&skipped, isBracket: false)
            } else {
                index += 1
            }
        }
        index = min(index + 1, end)
        isAtStart = true
    }

    mutating func skipArray() {
        guard let close = bytes[index..<end].firstIndex(of: UInt8(ascii: ")")) else { return }
        index = close + 1
    }

    /// The end of a word: an operator, a blank, the end.
    mutating func read(_ word: inout ShellWordText, isBracket: Bool) {
        var text: [UInt8] = []
        defer { word.text += String(decoding: text, as: UTF8.self) }
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "("), UInt8(ascii: ")"):
                guard isBracket else { return }
                text.append(byte)
                index += 1
            case UInt8(ascii: "\\"):
                if let next = peek(1), next != UInt8(ascii: "\n") { text.append(next) }
                index = min(index + 2, end)
            case UInt8(ascii: "'"):
                word.isQuoted = true
                index += 1
                while let inner = current, inner != byte {
                    text.append(inner)
                    index += 1
                }
                close()
            case UInt8(ascii: "\""):
                word.isQuoted = true
                index += 1
                readDoubleQuoted(&text)
                close()
            case UInt8(ascii: "$"), UInt8(ascii: "`"): expansion(&text, isQuoted: false)
            default:
                text.append(byte)
                index += 1
            }
        }
    }

    mutating func close() {
        if current == nil { program.isBroken = true }
        index = min(index + 1, end)
    }

    mutating func readDoubleQuoted(_ text: inout [UInt8]) {
        while let byte = current, byte != UInt8(ascii: "\"") {
            switch byte {
            case UInt8(ascii: "\\"):
                if let next = peek(1), "\"\\$`".utf8.contains(next) {
                    text.append(next)
                } else if let next = peek(1), next != UInt8(ascii: "\n") {
                    text += [byte, next]
                }
                index = min(index + 2, end)
            case UInt8(ascii: "$"), UInt8(ascii: "`"): expansion(&text, isQuoted: true)
            default:
                text.append(byte)
                index += 1
            }
        }
    }

    static func isAssignment(_ word: String) -> Bool {
        let name = word.utf8.prefix { $0.isNameByte }
        guard let first = name.first, !first.isDigit else { return false }
        let rest = word.utf8.dropFirst(name.count)
        return rest.first == UInt8(ascii: "=") || rest.starts(with: "+=".utf8)
            || rest.first == UInt8(ascii: "[")
                && rest.contains(UInt8(ascii: "="))
    }
}

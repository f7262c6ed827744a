// SPDX-License-Identifier: Apache-2.0

/// Variables, substitutions and arithmetic within words.
extension ShellProgramReader {
    mutating func expansion(_ text: inout [UInt8], isQuoted: Bool) {
        let start = index
        let placeholder = Array("${VAR}".utf8)
        func note(_ name: String?) -> SplitExpansion { SplitExpansion(name: name, offset: start, command: nil) }
        if bytes[index] == UInt8(ascii: "`") {
            program.backticks.append(start)
            index += 1
            let bodyStart = index
            while let byte = current, byte != UInt8(ascii: "`") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
            index = min(index, end)
            nested(bodyStart..<index)
            close()
            text += placeholder
            if !isQuoted { split(note(nil)) }
            return
        }
        guard let next = peek(1) else {
            text.append(bytes[index])
            index += 1
            return
        }
        switch next {
        case UInt8(ascii: "("):
            if peek(2) == UInt8(ascii: "("), let arithmeticEnd = closing(from: index + 3, of: "))") {
                index = arithmeticEnd
                text += placeholder
                return
            }
            let bodyStart = index + 2
            index = substitutionEnd(from: bodyStart)
            nested(bodyStart..<min(index, end))
            close()
            text += placeholder
            if !isQuoted { split(note(nil)) }
        case UInt8(ascii: "{"):
            let nameStart = index + 2
            var nameEnd = nameStart
            while nameEnd < end,
                bytes[nameEnd].isNameByte || nameEnd == nameStart && bytes[nameEnd] == UInt8(ascii: "#")
            {
                nameEnd += 1
            }
            index = braceEnd(from: nameStart)
            text += placeholder
            let name = String(decoding: bytes[nameStart..<nameEnd], as: UTF8.self)
            if !isQuoted, !name.hasPrefix("#"), !name.isEmpty { split(note(name)) }
        case UInt8(ascii: "'") where !isQuoted:
            index += 2
            while let byte = current, byte != UInt8(ascii: "'") {
                text.append(byte)
                index += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            close()
        default:
            if next.isLetter || next == UInt8(ascii: "_") {
                index += 1
                let nameStart = index
                while let byte = current, byte.isNameByte { index += 1 }
                text += placeholder
                if !isQuoted { split(note(String(decoding: bytes[nameStart..<index], as: UTF8.self))) }
            } else if next.isDigit || "@*#?$!-".utf8.contains(next) {
                index += 2
                text += placeholder
                if !isQuoted, next.isDigit || next == UInt8(ascii: "@") || next == UInt8(ascii: "*") {
                    split(note(String(Unicode.Scalar(next))))
                }
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
    }

    mutating func split(_ expansion: SplitExpansion) {
        var expansion = expansion
        expansion.command = command?.words.first?.text
        program.splitExpansions.append(expansion)
    }

    mutating func nested(_ range: Range<Int>) {
        guard depth < Self.deepest, !range.isEmpty else { return }
        var reader = ShellProgramReader(bytes, range, depth: depth + 1)
        reader.read()
        let inner = reader.program
        program.commands += inner.commands
        program.pipeCount += inner.pipeCount
        program.backticks += inner.backticks
        program.splitExpansions += inner.splitExpansions
    }

    func closing(from start: Int, of text: StaticString) -> Int? {
        var place = start
        while place + 1 < end {
            if bytes[place] == text.utf8Start[0], bytes[place + 1] == text.utf8Start[1] { return place + 2 }
            if bytes[place] == UInt8(ascii: "\n") { return nil }
            place += 1
        }
        return nil
    }

    /// Index of the `)` that ends a `$(`.
    func substitutionEnd(from start: Int) -> Int {
        var open = 1
        var place = start
        var quote: UInt8?
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
                place += 2
                continue
            }
            if let inside = quote {
                if byte == inside { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "(") {
                open += 1
            } else if byte == UInt8(ascii: ")") {
                open -= 1
                if open == 0 { return place }
            }
            place += 1
        }
        return end
    }

    /// Index after the `}` that ends a `${`.
    func braceEnd(from start: Int) -> Int {
        var open = 1
        var place = start
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\") { place += 1 }
            if byte == UInt8(ascii: "{") { open += 1 }
            if byte == UInt8(ascii: "}") {
                open -= 1
                if open == 0 { return place + 1 }
            }
            place += 1
        }
        return end
    }
}

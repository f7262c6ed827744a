// SPDX-License-Identifier: Apache-2.0

/// Files that commands read and write, here-documents among them.
extension ShellProgramReader {
    mutating func redirection() -> Bool {
        var place = index
        while place < end, bytes[place].isDigit { place += 1 }
        if place < end, bytes[place] == UInt8(ascii: "&"), place + 1 < end, bytes[place + 1] == UInt8(ascii: ">") {
            place += 1
        }
        guard place < end, bytes[place] == UInt8(ascii: "<") || bytes[place] == UInt8(ascii: ">") else { return false }
        let start = place
        while place < end, "<>&|".utf8.contains(bytes[place]) { place += 1 }
        let symbol = String(decoding: bytes[start..<place], as: UTF8.self)
        index = place
        if current == UInt8(ascii: "("), symbol == "<" || symbol == ">" {
            // A process substitution.
            let bodyStart = index + 1
            index = substitutionEnd(from: bodyStart)
            nested(bodyStart..<min(index, end))
            index = min(index + 1, end)
            return true
        }
        var dropsTabs = false
        if symbol == "<<", current == UInt8(ascii: "-") {
            dropsTabs = true
            index += 1
        }
        while let byte = current, byte.isBlank { index += 1 }
        var target = ShellWordText(offset: index)
        let count = program.splitExpansions.count
        read(&target, isBracket: false)
        program.splitExpansions.removeLast(program.splitExpansions.count - count)
        command?.redirections.append(symbol + target.text)
        if symbol == "<<" { pendingHeredocs.append((target.text, dropsTabs)) }
        return true
    }

    /// The bodies of here-documents follow the line on which they are announced.
    mutating func skipHeredocs() {
        for heredoc in pendingHeredocs {
            let name = Array(heredoc.name.utf8)
            while index < end {
                var lineEnd = index
                while lineEnd < end, bytes[lineEnd] != UInt8(ascii: "\n") { lineEnd += 1 }
                var line = bytes[index..<lineEnd]
                if heredoc.dropsTabs { line = line.drop { $0 == UInt8(ascii: "\t") } }
                index = min(lineEnd + 1, end)
                if line.elementsEqual(name) { break }
            }
        }
        pendingHeredocs = []
    }
}

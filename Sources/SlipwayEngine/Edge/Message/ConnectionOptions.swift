// SPDX-License-Identifier: Apache-2.0

/// What the Connection headers of one message say.
struct ConnectionOptions: Equatable {
    var close = false
    var keepAlive = false
    var upgrade = false
    /// Other names: headers that end at this hop.
    var namesHeaders = false

    mutating func add(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>) {
        bytes.forEachElement(in: value) { element in
            let option = bytes.part(element)
            if option.spells("close") {
                close = true
            } else if option.spells("keep-alive") {
                keepAlive = true
            } else if option.spells("upgrade") {
                upgrade = true
            } else {
                namesHeaders = true
            }
        }
    }

    /// Whether a header that the edge does not know is named in a Connection header.
    static func names(_ name: Range<Int>, in fields: [HeaderField], _ bytes: UnsafeRawBufferPointer) -> Bool {
        var found = false
        for field in fields where field.name == .connection {
            bytes.forEachElement(in: field.value) { element in
                found = found || bytes.equalsIgnoringCase(element, name)
            }
        }
        return found
    }
}

extension UnsafeRawBufferPointer {
    func equalsIgnoringCase(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for (one, other) in zip(left, right) {
            let (a, b) = (self[one], self[other])
            // Only letters have case; `|0x20` alone would confuse `^` and `~`.
            guard a == b || (a | 0x20 == b | 0x20 && ByteClass.isAlphanumeric(a) && a >= 0x40) else { return false }
        }
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Sets every time in a tar archive that is later than a given one to that one, and changes nothing else: neither the
/// order nor the size of anything. Python's compiled files carry the time of their source inside, and stay valid.
struct TarClock {
    /// Seconds since 1970.
    private let latest: Int
    private var parts = TarParts()
    /// The first bytes of a compiled Python file, which are held back until its time is among them.
    private var compiled: [UInt8]?

    init(latest: Int) { self.latest = latest }

    /// - Returns: What is known of the new archive; together as long as the old one.
    mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + TarParts.block)
        var reader = parts
        reader.feed(bytes[...]) { part in
            switch part {
            case .header(let header):
                let isFile = [0, UInt8(ascii: "0")].contains(header[header.count - TarParts.block + 156])
                compiled = isFile && Self.isCompiledPython(header) ? [] : nil
                output += retimed(header)
            case .content(let piece):
                guard compiled != nil else {
                    output += piece
                    return
                }
                compiled?.append(contentsOf: piece)
                if let held = compiled, held.count >= 12 {
                    output += retimedCompiled(held)
                    compiled = nil
                }
            case .padding(let piece):
                output += compiled ?? []
                compiled = nil
                output += piece
            }
        }
        parts = reader
        return output
    }

    private static func isCompiledPython(_ header: [UInt8]) -> Bool {
        guard header.count > TarParts.block else { return TarParts.name(of: header).hasSuffix(".pyc") }
        // A long name stands in the blocks before: `path=...\n` of POSIX, or the name alone of GNU.
        let ending = Array(".pyc".utf8)
        let described = header.dropLast(TarParts.block)
        return described.indices.dropLast(4).contains { place in
            described[place] == ending[0] && described[place..<place + 4].elementsEqual(ending)
                && [0, UInt8(ascii: "\n")].contains(described[place + 4])
        }
    }

    /// Bytes 4 to 7 of a compiled file tell how it is held against its source; 0 stands for the time in the next four.
    private func retimedCompiled(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes[2...3].elementsEqual([0x0D, 0x0A]), bytes[4...7].allSatisfy({ $0 == 0 }) else { return bytes }
        let time = bytes[8...11].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard time > latest else { return bytes }
        var bytes = bytes
        for place in 0..<4 { bytes[8 + place] = UInt8(truncatingIfNeeded: latest >> (8 * place)) }
        return bytes
    }

    private func retimed(_ header: [UInt8]) -> [UInt8] {
        var bytes = header
        var start = 0
        while start < bytes.count {
            let size = TarParts.number(bytes[start + 124..<start + 136])
            let kind = bytes[start + 156]
            retimeBlock(&bytes, at: start)
            start += TarParts.block
            guard start < bytes.count else { break }
            if kind == UInt8(ascii: "x") { retimeRecords(&bytes, from: start, to: min(start + size, bytes.count)) }
            start += (size + TarParts.block - 1) / TarParts.block * TarParts.block
        }
        return bytes
    }

    private func retimeBlock(_ bytes: inout [UInt8], at start: Int) {
        let field = start + 136..<start + 148
        guard TarParts.number(bytes[field]) > latest else { return }
        bytes.replaceSubrange(field, with: TarParts.octal(latest, digits: 11).utf8 + [0])
        TarParts.seal(&bytes, at: start)
    }

    /// `30 mtime=1700000000.123456789\n`: the digits are replaced, as many as there are.
    private func retimeRecords(_ bytes: inout [UInt8], from start: Int, to end: Int) {
        var place = start
        while place < end {
            let digits = bytes[place..<end].prefix { $0 != UInt8(ascii: " ") }
            guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count,
                place + length <= end
            else { return }
            let record = place + digits.count + 1..<place + length - 1
            place += length
            guard let equals = bytes[record].firstIndex(of: UInt8(ascii: "=")),
                ["mtime", "atime", "ctime"].contains(String(decoding: bytes[record.lowerBound..<equals], as: UTF8.self))
            else { continue }
            let value = equals + 1..<record.upperBound
            let whole = bytes[value].prefix { $0 != UInt8(ascii: ".") }
            guard let time = Int(String(decoding: whole, as: UTF8.self)), time >= latest else { continue }
            let text = Array("\(latest)".utf8)
            var new = Array(repeating: UInt8(ascii: "0"), count: max(whole.count - text.count, 0)) + text
            guard new.count == whole.count else { continue }
            if value.count > whole.count {
                new += [UInt8(ascii: ".")] + Array(repeating: UInt8(ascii: "0"), count: value.count - whole.count - 1)
            }
            bytes.replaceSubrange(value, with: new)
        }
    }
}

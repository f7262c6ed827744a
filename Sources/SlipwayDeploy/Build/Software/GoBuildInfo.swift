// SPDX-License-Identifier: Apache-2.0

/// The block that Go's linker leaves in each program, found while the program streams past.
///
/// Layout: https://cs.opensource.google/go/go/+/master:src/debug/buildinfo/buildinfo.go
struct GoBuildInfo: Sendable {
    private static let mark = [0xFF] + Array(" Go buildinf:".utf8)
    private static let headerLength = 32
    /// The modules of the largest programs need a tenth of this.
    private static let largestInBytes = 1 << 20
    private static let elf: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

    /// A smaller program is no Go program.
    private static let smallestInBytes = 300 << 10

    /// Position of the next byte in the file.
    private var offset = 0
    /// The last bytes before it, where a mark may have begun.
    private var tail: [UInt8] = []
    private var block: [UInt8]?
    private var isProgram = true

    static func isWorthReading(_ entry: TarEntry) -> Bool {
        entry.kind == .file && entry.mode & 0o111 != 0 && entry.size >= smallestInBytes
    }

    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        guard isProgram else { return }
        if offset == 0, bytes.count >= 4, !bytes.prefix(4).elementsEqual(Self.elf) {
            isProgram = false
            return
        }
        defer { offset += bytes.count }
        if let found = block {
            if found.count < Self.largestInBytes { block = found + bytes }
            return
        }
        let window = tail + bytes
        if let place = Self.place(in: window, from: offset - tail.count) {
            block = Array(window[place...])
            tail = []
        } else {
            tail = Array(window.suffix(Self.mark.count - 1))
        }
    }

    /// The linker puts the block at a multiple of sixteen; the same letters elsewhere are a text of somebody's.
    private static func place(in window: [UInt8], from offset: Int) -> Int? {
        guard window.count >= mark.count else { return nil }
        let first = (16 - offset % 16) % 16
        return window.withUnsafeBufferPointer { bytes in
            var place = first
            while place + mark.count <= bytes.count {
                if bytes[place] == mark[0], bytes[place + 1] == mark[1],
                    bytes[place..<(place + mark.count)].elementsEqual(mark)
                {
                    return place
                }
                place += 16
            }
            return nil
        }
    }

    /// Modules that the program was made of; empty for other programs, and for those of Go before 1.18.
    var packages: [InstalledPackage] {
        guard let block, block.count > Self.headerLength, block[15] & 2 != 0 else { return [] }
        var rest = block[Self.headerLength...]
        guard let version = Self.text(&rest), let info = Self.text(&rest) else { return [] }
        var found = [
            InstalledPackage(kind: .golang, name: "stdlib", version: String(version.trimmingPrefix("go")))
        ]
        // The text stands between two marks of sixteen bytes.
        for line in info.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 3, ["mod", "dep", "=>"].contains(fields[0]) else { continue }
            if fields[0] == "=>" {
                // A folder of the repository that stands in for a module has no name or version of its own.
                if fields[1].hasPrefix(".") || fields[1].hasPrefix("/") { continue }
                found.removeLast()
            }
            found.append(InstalledPackage(kind: .golang, name: fields[1], version: fields[2]))
        }
        return found
    }

    /// A length as a variable-length number, then so many bytes.
    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        var (length, shift) = (0, 0)
        while let byte = rest.popFirst(), shift < 28 {
            length |= Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 {
                guard length <= rest.count else { return nil }
                defer { rest = rest.dropFirst(length) }
                let bytes = rest.prefix(length)
                // Marks around the modules' text are no text.
                let isMarked = bytes.count > 33 && bytes[bytes.endIndex - 17] == 10
                return String(decoding: isMarked ? bytes.dropFirst(16).dropLast(16) : bytes, as: UTF8.self)
            }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Says which of many files can hold a word without reading them again.
///
/// Hundreds of rules ask it of all source, each for its own words, which nearly no file holds. For each file it keeps
/// one bit in a hash table for every three bytes that follow each other, about as many bits as the file has bytes: a
/// word can be there only when the bits of all its triples are set.
final class WordIndex: Sendable {
    /// The files of one ending, put together when somebody first asks for them.
    private let groups = Mutex<[String: [WordTable]]>([:])

    /// The positions of files that can hold one of the words, in order; shorter words than three bytes every file can.
    ///
    /// - Parameters:
    ///   - ending: What the names have after their last dot.
    ///   - limit: Larger files, in bytes, are left out.
    ///   - tables: Makes the group; asked once.
    func candidates(_ ending: String, for words: [WordSigns], upTo limit: Int, tables: () -> [WordTable]) -> [Int] {
        // Who asks meanwhile waits: making a group twice would read all its files twice.
        let group = groups.withLock { groups in
            if let known = groups[ending] { return known }
            let made = tables()
            groups[ending] = made
            return made
        }
        return group.flatMap { $0.candidates(for: words, upTo: limit) }
    }
}

/// The triples of a word, as ``WordTable`` looks for them.
struct WordSigns: Sendable {
    let bytes: [UInt8]
    fileprivate let triples: [UInt32]

    init(_ word: String) {
        let bytes = Array(word.utf8)
        self.bytes = bytes
        triples = bytes.indices.dropLast(2).map { Self.hash(bytes[$0], bytes[$0 + 1], bytes[$0 + 2]) }
    }

    /// Knuth's multiplicative hash; its upper bits are the good ones.
    @inline(__always)
    fileprivate static func hash(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        (UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)) &* 2_654_435_769
    }
}

/// The bits of some files, side by side in one array.
struct WordTable: Sendable {
    /// 8 KiB: a file of 200 kB sets a quarter of these bits.
    private static let mostBitsLog2: UInt32 = 16

    private struct File {
        let position: UInt32
        let count: UInt32
        /// Of its first word in `bits`.
        let start: Int
        let bitsLog2: UInt32
    }

    private var files: [File] = []
    private var bits: [UInt64] = []

    /// A file that cannot be read holds no word.
    mutating func append(_ bytes: [UInt8]?, at position: Int) {
        guard let bytes else { return }
        var log2: UInt32 = 6
        while log2 < Self.mostBitsLog2, bytes.count >> log2 > 0 { log2 += 1 }
        let start = bits.count
        files.append(
            File(
                position: UInt32(truncatingIfNeeded: position), count: UInt32(clamping: bytes.count), start: start,
                bitsLog2: log2))
        bits.append(contentsOf: repeatElement(0, count: 1 << Int(log2 - 6)))
        guard bytes.count > 2 else { return }
        let shift = 32 - log2
        bits.withUnsafeMutableBufferPointer { bits in
            bytes.withUnsafeBufferPointer { bytes in
                for index in 0..<(bytes.count - 2) {
                    let bit = WordSigns.hash(bytes[index], bytes[index + 1], bytes[index + 2]) >> shift
                    bits[start + Int(bit >> 6)] |= 1 << UInt64(bit & 63)
                }
            }
        }
    }

    fileprivate func candidates(for words: [WordSigns], upTo limit: Int) -> [Int] {
        bits.withUnsafeBufferPointer { bits in
            files.compactMap { file in
                guard file.count < limit else { return nil }
                let shift = 32 - file.bitsLog2
                let mayHold = words.contains { word in
                    word.triples.allSatisfy { triple in
                        let bit = triple >> shift
                        return bits[file.start + Int(bit >> 6)] & (1 << UInt64(bit & 63)) != 0
                    }
                }
                return mayHold ? Int(file.position) : nil
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into the messages of the Language Server Protocol (microsoft.github.io/language-server-protocol,
/// base protocol): headers, an empty line, and as many bytes as `Content-Length` says.
struct MessageFraming {
    /// A larger message is no document that anybody edits.
    private static let largestInBytes = 64 << 20

    private var waiting: [UInt8] = []
    /// Whether the stream can no longer be understood.
    private(set) var isBroken = false

    /// - Returns: The bodies that are complete now, in order.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        waiting += bytes
        var bodies: [[UInt8]] = []
        while !isBroken, let head = endOfHead() {
            guard let length = contentLength(waiting[..<head]), length <= Self.largestInBytes else {
                isBroken = true
                break
            }
            guard waiting.count >= head + length else { break }
            bodies.append(Array(waiting[head..<head + length]))
            waiting.removeFirst(head + length)
        }
        return bodies
    }

    /// A message with its header.
    static func frame(_ body: String) -> [UInt8] {
        Array("Content-Length: \(body.utf8.count)\r\n\r\n".utf8) + Array(body.utf8)
    }

    /// Index after the empty line.
    private func endOfHead() -> Int? {
        guard waiting.count >= 4 else { return nil }
        for index in 0...(waiting.count - 4) where waiting[index] == 0x0D {
            if waiting[index..<index + 4].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) { return index + 4 }
        }
        return nil
    }

    private func contentLength(_ head: ArraySlice<UInt8>) -> Int? {
        for line in String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].filter { $0 != " " }).flatMap { $0 >= 0 ? $0 : nil }
        }
        return nil
    }
}

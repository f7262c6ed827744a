// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Appends to memory whose size was reserved once, instead of asking a buffer for room at every piece of a head.
struct HeadCursor {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

    @inline(__always) mutating func append(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= memory.count &- count, "the reserve for a head was too small")
        guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
        (target + count).copyMemory(from: source, byteCount: bytes.count)
        count &+= bytes.count
    }

    @inline(__always) mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// The lines of the fields that pass; neighbouring ones are copied in one go.
    @inline(__always) mutating func append(
        _ fields: [HeaderField], of bytes: UnsafeRawBufferPointer, where passes: (HeaderField) -> Bool
    ) {
        var run = 0..<0
        for field in fields where passes(field) {
            if run.upperBound == field.line.lowerBound {
                run = run.lowerBound..<field.line.upperBound
            } else {
                append(bytes.part(run))
                run = field.line
            }
        }
        append(bytes.part(run))
    }

    mutating func append(decimal value: Int) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var start = 20
            var rest = value
            repeat {
                start -= 1
                digits[start] = 0x30 &+ UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: digits[start..<20]))
        }
    }
}

extension ByteBuffer {
    /// Appends what `body` writes, at most `reserve` bytes.
    @inline(__always) mutating func writeHead(reserve: Int, _ body: (inout HeadCursor) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: reserve) { memory in
            var cursor = HeadCursor(memory)
            body(&cursor)
            return cursor.count
        }
    }
}

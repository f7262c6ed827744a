// SPDX-License-Identifier: Apache-2.0

/// 16 bytes as 32 hexadecimal digits, or whatever sane text the client sent.
struct RequestID {
    static let digits = 32
    /// Longer ones are replaced: they are written into every log line.
    static let longest = 128

    /// Whether an incoming id is taken over: nothing in it that a log or a shell could trip over.
    static func isSane(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard (1...longest).contains(bytes.count) else { return false }
        return bytes.allSatisfy { ByteClass.isUnreserved($0) || $0 == 0x3A || $0 == 0x2B || $0 == 0x2F || $0 == 0x3D }
    }
}

/// Makes ids unique among all processes without a system call for each: a random start, then SplitMix64
/// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct RequestIDSource {
    private let prefix = UInt64.random(in: .min ... .max)
    private var state = UInt64.random(in: .min ... .max)

    mutating func next(into id: inout [UInt8]) {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        id.removeAll(keepingCapacity: true)
        Self.append(prefix, to: &id)
        Self.append(mixed, to: &id)
    }

    private static func append(_ value: UInt64, to id: inout [UInt8]) {
        var shift: UInt64 = 64
        while shift > 0 {
            shift -= 4
            let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
            id.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}

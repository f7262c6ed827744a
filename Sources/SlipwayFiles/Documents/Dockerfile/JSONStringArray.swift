// SPDX-License-Identifier: Apache-2.0

/// The JSON form of an instruction's arguments, told apart as Go's `encoding/json` does for BuildKit.
///
/// Iterative, because BuildKit reads nesting to a depth of 10,000 only to refuse what is not a string.
enum JSONStringArray: Equatable {
    case strings([String])
    /// A JSON array that holds something else: an error.
    case otherValues
    /// Not JSON: the shell form.
    case notJSON

    /// Go's limit (encoding/json/scanner.go, maxNestingDepth).
    private static let deepestNesting = 10_000

    init(_ bytes: ArraySlice<UInt8>) {
        guard bytes.first == UInt8(ascii: "[") else {
            self = .notJSON
            return
        }
        var scanner = Scanner(rest: bytes)
        self = scanner.array(deepest: Self.deepestNesting)
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>
        private enum Expectation { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd }

        mutating func array(deepest: Int) -> JSONStringArray {
            var strings: [String] = []
            var hasOthers = false
            var closings: [UInt8] = []
            var expected = Expectation.value
            while true {
                while let byte = rest.first, byte.isBlank || byte.isLineEnd { rest.removeFirst() }
                guard let byte = rest.first else { return .notJSON }
                switch (expected, byte) {
                case (.commaOrEnd, UInt8(ascii: ",")):
                    rest.removeFirst()
                    expected = closings.last == UInt8(ascii: "}") ? .key : .value
                case (.commaOrEnd, closings.last), (.valueOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")):
                    rest.removeFirst()
                    closings.removeLast()
                    expected = .commaOrEnd
                    guard closings.isEmpty else { continue }
                    guard rest.allSatisfy({ $0.isBlank || $0.isLineEnd }) else { return .notJSON }
                    return hasOthers ? .otherValues : .strings(strings)
                case (.colon, UInt8(ascii: ":")):
                    rest.removeFirst()
                    expected = .value
                case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
                    guard string() != nil else { return .notJSON }
                    expected = .colon
                case (.value, UInt8(ascii: "\"")), (.valueOrEnd, UInt8(ascii: "\"")):
                    guard let text = string() else { return .notJSON }
                    if closings.count == 1 { strings.append(text) }
                    expected = .commaOrEnd
                case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
                    rest.removeFirst()
                    if !closings.isEmpty { hasOthers = true }
                    closings.append(UInt8(ascii: "]"))
                    expected = .valueOrEnd
                case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
                    rest.removeFirst()
                    hasOthers = true
                    closings.append(UInt8(ascii: "}"))
                    expected = .keyOrEnd
                case (.value, _), (.valueOrEnd, _):
                    guard word() else { return .notJSON }
                    hasOthers = true
                    expected = .commaOrEnd
                default: return .notJSON
                }
                guard closings.count <= deepest else { return .notJSON }
            }
        }

        private mutating func word() -> Bool {
            let word = rest.prefix { $0.isNameByte || "+-.".utf8.contains($0) }
            rest = rest.dropFirst(word.count)
            switch JSONScalar.value(of: String(decoding: word, as: UTF8.self), isTolerant: false) {
            case nil: return false
            // Go reads numbers as float64 and fails on those out of range.
            case .number(let number): return number.isFinite
            default: return true
            }
        }

        private mutating func string() -> String? {
            var content: [UInt8] = []
            rest.removeFirst()
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
                case UInt8(ascii: "\\"): guard escape(into: &content) else { return nil }
                case 0..<0x20: return nil
                default: content.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into content: inout [UInt8]) -> Bool {
            guard let byte = rest.popFirst() else { return false }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
            case UInt8(ascii: "b"): content.append(0x08)
            case UInt8(ascii: "f"): content.append(0x0C)
            case UInt8(ascii: "n"): content.append(0x0A)
            case UInt8(ascii: "r"): content.append(0x0D)
            case UInt8(ascii: "t"): content.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = unit() else { return false }
                content += Array(String(scalar(unit)).utf8)
            default: return false
            }
            return true
        }

        private mutating func unit() -> UInt32? {
            var value: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = rest.popFirst()?.hexValue else { return nil }
                value = value << 4 | digit
            }
            return value
        }

        /// A surrogate pair's scalar; half a pair is U+FFFD.
        private mutating func scalar(_ high: UInt32) -> Unicode.Scalar {
            guard (0xD800..<0xDC00).contains(high), rest.starts(with: Array("\\u".utf8)) else {
                return Unicode.Scalar(high) ?? "\u{FFFD}"
            }
            let saved = rest
            rest = rest.dropFirst(2)
            if let low = unit(), (0xDC00..<0xE000).contains(low) {
                return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
            }
            rest = saved
            return "\u{FFFD}"
        }
    }
}

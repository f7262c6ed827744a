// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One of the process's own output streams: text, and colour where a person looks.
public struct Terminal: Sendable {
    /// The few styles that the command line uses (ECMA-48 SGR parameters).
    public enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    private let descriptor: Int32
    /// Whether a person looks at it: a terminal, not a pipe or a file.
    public let isInteractive: Bool
    /// Whether ``styled(_:_:)`` adds colour: a terminal without NO_COLOR (no-color.org) and not `TERM=dumb`.
    public let hasColor: Bool

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1
        let disabled = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let dumb = getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? true
        hasColor = isInteractive && !disabled && !dumb
    }

    /// The result of the command.
    public static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
    /// Progress, logs and errors.
    public static let standardError = Terminal(descriptor: STDERR_FILENO)

    /// Writes all of the text; a reader that went away is not an error, because nobody is left to tell.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            var rest = UnsafeRawBufferPointer(utf8)
            while !rest.isEmpty {
                let written = Self.writeOnce(descriptor, rest)
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    /// Writes a line.
    public func print(_ line: String) { write(line + "\n") }

    /// Writes an error as people should see it: the code in red, the hint apart.
    public func write(_ error: SlipwayError) {
        print("\(styled("error[\(error.code.rawValue)]", .red)): \(error.message)")
        for detail in error.details { print("  \(detail)") }
        if let cause = error.cause { print("  \(styled("cause:", .dim)) \(cause)") }
        if let hint = error.hint { print("  \(styled("hint:", .cyan)) \(hint)") }
    }

    /// The text with a style where this stream shows colour, else the text alone.
    public func styled(_ text: String, _ style: Style) -> String {
        hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    private static func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
            let written = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
            let written = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
            if written < 0, errno == EINTR { continue }
            return written
        }
    }
}

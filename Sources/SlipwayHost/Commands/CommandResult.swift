// SPDX-License-Identifier: Apache-2.0

/// How a command ended and the last it said.
package struct CommandResult: Equatable, Sendable {
    package enum End: Equatable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case signaled(Int32)

        package var description: String {
            switch self {
            case .exited(let code): "exited with code \(code)"
            case .signaled(let signal): "was ended by signal \(signal)"
            }
        }
    }

    package let end: End
    /// The last lines of both streams in the order they were read, at most ``OutputTail/capacity``.
    package let lines: [OutputLine]

    package init(_ end: End, lines: [OutputLine] = []) {
        self.end = end
        self.lines = lines
    }

    package var succeeded: Bool { end == .exited(0) }
    /// The kept lines of standard output, for commands that answer a question in a few lines.
    package var standardOutput: String {
        lines.filter { $0.stream == .output }.map(\.text).joined(separator: "\n")
    }

    /// The last lines for an error's details.
    package func lastLines(_ count: Int) -> [String] { lines.suffix(count).map(\.text) }
}

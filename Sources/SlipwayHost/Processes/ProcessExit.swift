// SPDX-License-Identifier: Apache-2.0

/// How a process ended.
package enum ProcessExit: Equatable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    package var description: String {
        switch self {
        case .code(let code): "exited with code \(code)"
        case .signal(let number): "ended by signal \(number)" + (Self.signalNames[number].map { " (\($0))" } ?? "")
        }
    }

    /// What a shell shows for it: the code, or 128 and the signal.
    package var status: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let number): 128 + number
        }
    }

    /// Those that have the same number on Linux and macOS (signal(7)).
    private static let signalNames: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV",
        13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
    ]
}

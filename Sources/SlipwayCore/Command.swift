// SPDX-License-Identifier: Apache-2.0

/// A process to run, as data: composed purely, then run, printed, recorded or sent elsewhere by a runner.
public struct Command: Equatable, Sendable, CustomStringConvertible {
    /// A path, or a name looked up on PATH.
    public var executable: String
    /// Without the program itself.
    public var arguments: [String]
    /// Added to (and stronger than) the runner's own environment, or all there is when ``inheritsEnvironment`` is false.
    public var environment: [String: String]
    /// Values that must not be shown; they join the environment when the process starts and nowhere else.
    public var secrets: [String: Secret]
    /// `nil` for the runner's own folder.
    public var directory: String?
    /// What the process reads on standard input; `nil` for nothing at all (`/dev/null`).
    public var input: Secret?
    /// Runs as this account of the machine; needs root. `nil` for the caller's own.
    public var user: String?
    /// Whether the runner's own environment is passed on.
    public var inheritsEnvironment: Bool
    /// The process and its group are ended after this; `nil` waits forever, so give one.
    public var deadline: Duration?

    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        secrets: [String: Secret] = [:], directory: String? = nil, input: Secret? = nil, user: String? = nil,
        inheritsEnvironment: Bool = true, deadline: Duration? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.secrets = secrets
        self.directory = directory
        self.input = input
        self.user = user
        self.inheritsEnvironment = inheritsEnvironment
        self.deadline = deadline
    }

    /// A shell command line that could be pasted, without secrets.
    public var description: String {
        let assignments = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellWord.quote($0.value))" }
        let hidden = secrets.keys.sorted().map { "\($0)=[redacted]" }
        return (assignments + hidden + ([executable] + arguments).map(ShellWord.quote)).joined(separator: " ")
    }
}

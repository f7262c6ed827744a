// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs commands on this machine, each in a process group of its own that never outlives the call.
package struct LocalRunner: CommandRunner {
    /// Between SIGTERM and SIGKILL when a command is stopped.
    private let grace: Duration
    private let hidden: [Secret]

    /// - Parameter hiding: Values that output must not show, besides those that a command itself carries.
    package init(hiding: [Secret] = [], grace: Duration = .seconds(5)) {
        BrokenPipe.isIgnored()
        hidden = hiding
        self.grace = grace
    }

    package func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        let configuration = try configuration(of: command)
        let sink = LineSink(
            redactor: Redactor(hidden + command.secrets.values + [command.input].compactMap(\.self)), onLine: onLine)
        let end = try await ending(
            command, lines: { sink.kept },
            of: { try await execute(configuration, input: command.input, into: sink) })
        return CommandResult(end, lines: sink.kept)
    }

    /// Lets the execution go on until it ends by itself or the command's deadline ends it.
    /// - Parameter lines: What was printed, for the error of a deadline that passed.
    func ending(
        _ command: Command, lines: () -> [OutputLine],
        of execution: @escaping @Sendable () async throws -> CommandResult.End
    ) async throws -> CommandResult.End {
        let end = try await withThrowingTaskGroup(of: CommandResult.End?.self) { group in
            group.addTask { try await execution() }
            if let deadline = command.deadline {
                group.addTask {
                    try await Task.sleep(for: deadline)
                    return nil
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        try Task.checkCancellation()
        guard let end else {
            throw SlipwayError(
                .timedOut, "\(command.executable) did not end within \(command.deadline ?? .zero)",
                details: lines().suffix(20).map(\.text))
        }
        return end
    }

    func configuration(of command: Command) throws -> Configuration {
        var variables = command.environment.merging(command.secrets.mapValues { $0.reveal() }) { $1 }
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        let account = try command.user.map(requireAccount)
        if let account {
            variables["HOME"] = variables["HOME"] ?? account.home
            variables["USER"] = variables["USER"] ?? account.name
        }
        var executable = try ExecutableSearch.require(
            command.executable, path: variables["PATH"] ?? ExecutableSearch.path)
        var arguments = command.arguments
        if let account, account.userID != Account.effectiveUserID {
            #if os(Linux)
            // The library changes the user between clone and execve, where glibc's setuid waits forever for a lock that
            // another thread held at that moment (1.0.2); a program of its own has no other threads.
            let change = ["--reuid", "\(account.userID)", "--regid", "\(account.groupID)", "--clear-groups"]
            arguments = change + [executable] + arguments
            executable = try ExecutableSearch.require("setpriv", path: ExecutableSearch.path)
            #else
            options.userID = account.userID
            options.groupID = account.groupID
            options.supplementaryGroups = []
            #endif
        }
        let environment: Environment =
            command.inheritsEnvironment
            ? .inherit.updating(Dictionary(uniqueKeysWithValues: variables.map { (.init(stringLiteral: $0), $1) }))
            : .custom(Dictionary(uniqueKeysWithValues: variables.map { (.init(stringLiteral: $0), $1) }))
        return Configuration(
            executable: .path(FilePath(executable)), arguments: Arguments(arguments), environment: environment,
            workingDirectory: command.directory.map { FilePath($0) }, platformOptions: options)
    }

    private func requireAccount(_ name: String) throws -> Account {
        if let account = Account.named(name) { return account }
        throw SlipwayError(.missingTool, "this machine has no account \(name)", hint: "useradd --system \(name)")
    }
}

/// A command may end without reading its input; writing to it must fail then, not end this process with SIGPIPE.
private enum BrokenPipe {
    private static let once: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    static func isIgnored() { once }
}

private func execute(
    _ configuration: Configuration, input: Secret?, into sink: LineSink
) async throws -> CommandResult.End {
    guard let input else { return try await execute(configuration, .none, into: sink) { _ in } }
    // The library's own ways to feed an input end this process when the command does not read all of it (1.0.2).
    return try await execute(configuration, .inputWriter, into: sink) { execution in
        _ = try? await execution.standardInputWriter.write(Array(input.reveal().utf8))
        try? await execution.standardInputWriter.finish()
    }
}

private func execute<Input: InputProtocol>(
    _ configuration: Configuration, _ input: Input, into sink: LineSink,
    feed: @escaping @Sendable (Execution<Input, SequenceOutput, SequenceOutput>) async -> Void
) async throws -> CommandResult.End {
    let leader = Mutex<Int32?>(nil)
    // What the command left in its group (a server in the background, a child that ignored SIGTERM) must not outlive
    // it, however the run ended.
    defer { if let leader = leader.withLock({ $0 }) { kill(-leader, SIGKILL) } }
    let result = try await Subprocess.run(configuration, input: input, output: .sequence, error: .sequence) {
        execution in
        leader.withLock { $0 = execution.processIdentifier.value }
        let streams = [
            (OutputLine.Stream.output, execution.standardOutput), (.error, execution.standardError),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await feed(execution) }
            for (stream, chunks) in streams {
                group.addTask {
                    var splitter = LineSplitter()
                    for try await chunk in chunks {
                        let lines = chunk.withUnsafeBytes { splitter.feed($0) }
                        lines.forEach { sink.accept(stream, $0) }
                    }
                    if let last = splitter.finish() { sink.accept(stream, last) }
                }
            }
            try await group.waitForAll()
        }
    }
    switch result.terminationStatus {
    case .exited(let code): return .exited(code)
    case .signaled(let signal): return .signaled(signal)
    }
}

/// Where both streams meet: keeps the tail, in order, and passes each line on.
private final class LineSink: Sendable {
    private let redactor: Redactor
    private let onLine: (@Sendable (OutputLine) -> Void)?
    private let tail = Mutex(OutputTail())

    init(redactor: Redactor, onLine: (@Sendable (OutputLine) -> Void)?) {
        self.redactor = redactor
        self.onLine = onLine
    }

    var kept: [OutputLine] { tail.withLock { $0.kept } }

    func accept(_ stream: OutputLine.Stream, _ text: String) {
        let line = OutputLine(stream, redactor.redact(text))
        tail.withLock { $0.append(line) }
        onLine?(line)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Starts an engine in a session of its own, under a guard, so that even an engine that is killed leaves nothing.
package enum EngineLauncher {
    /// Besides the processes' own times: for the edge and for the engine itself.
    private static let extraGrace: Duration = .seconds(15)
    /// What the engine itself needs; its processes bring their own environments along.
    private static let variables =
        ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SWIFT_BACKTRACE"] + backupVariables
    /// Where scheduled backups go, who may write there, and what opens the secrets that they need; ssh(1) and Amazon's
    /// own programs read the same names.
    private static let backupVariables = [
        "SSH_AUTH_SOCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
        "AWS_ENDPOINT_URL", "SLIPWAY_SECRET_KEY",
    ]

    /// Returns when the engine answers on its socket; its processes are only starting then, so ask for the status.
    /// - Parameters:
    ///   - executable: The `slipway` binary to run.
    ///   - detached: Whether the engine lives on without this process. If not, it ends with this process, whatever
    ///     way that dies.
    ///   - revival: Arguments of the command that starts a detached engine again after it was killed. It gets the whole
    ///     environment of this command.
    ///   - deadline: For the announcement. A start takes some tens of milliseconds.
    /// - Throws: ``SlipwayError`` as the engine refuses (`alreadyRunning`, `portInUse`, ...), `timedOut` or
    ///   `engineFailed`.
    package static func launch(
        plan: EnginePlan, executable: String = GuardedProcess.ownExecutable, detached: Bool,
        revival: [String] = [], deadline: Duration = .seconds(15)
    ) async throws -> LaunchedEngine {
        let bytes = Array(try JSONEncoder().encode(plan))
        return try await withCheckedThrowingContinuation { continuation in
            DedicatedThread.start {
                continuation.resume(
                    with: Result {
                        try launch(
                            plan, encoded: bytes, executable: executable, detached: detached, revival: revival,
                            deadline: deadline)
                    })
            }
        }
    }

    private static func launch(
        _ plan: EnginePlan, encoded: [UInt8], executable: String, detached: Bool, revival: [String],
        deadline: Duration
    ) throws -> LaunchedEngine {
        SignalStream.ignoreBrokenPipes()
        let paths = StatePaths(root: plan.stateDirectory)
        try EngineFiles(paths, socketPath: plan.socketPath).prepareState()
        let order = GuardOrder(
            executable: executable, arguments: ["engine", "run"], environment: ProcessVariables.values(of: variables),
            directory: plan.directory, grace: plan.processes.reduce(extraGrace) { $0 + $1.grace },
            endsWithParent: !detached, deathSignal: SIGTERM, allowsSuccession: true, revival: revival,
            revivalEnvironment: revival.isEmpty ? [:] : ProcessVariables.all)
        let process: GuardedProcess
        let answer: Int32
        do {
            guard let input = Descriptor.pipe() else { throw ChildProcess.Failure.system(errno, during: "a pipe") }
            defer { Descriptor.close(input.write) }
            guard let output = Descriptor.pipe() else { throw ChildProcess.Failure.system(errno, during: "a pipe") }
            defer {
                Descriptor.close(input.read)
                Descriptor.close(output.write)
            }
            // What the runtime prints when it crashes belongs into the engine's log.
            let errors = open(paths.engineLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
            defer { if errors >= 0 { Descriptor.close(errors) } }
            answer = output.read
            process = try GuardedProcess.start(
                order, name: "engine", executable: executable, descriptors: [input.read, output.write, errors])
            Descriptor.write(encoded, to: input.write)
        } catch {
            throw SlipwayError(.engineFailed, "the engine cannot be started: \(error)", cause: error)
        }
        defer { Descriptor.close(answer) }
        do {
            let record = try readAnnouncement(from: answer, deadline: .now + deadline, log: paths.engineLog)
            if detached { process.letGo() }
            return LaunchedEngine(record: record, process: detached ? nil : process)
        } catch {
            process.kill()
            process.close()
            throw error
        }
    }

    private static func readAnnouncement(
        from descriptor: Int32, deadline: ContinuousClock.Instant, log: String
    ) throws -> EngineRecord {
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let left = deadline - .now
            var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let (seconds, attoseconds) = left.components
            let timeout = Int32(clamping: max(seconds * 1000 + attoseconds / 1_000_000_000_000_000, 0))
            guard poll(&state, 1, timeout) > 0 else {
                if errno == EINTR, left > .zero { continue }
                throw SlipwayError(.timedOut, "the engine did not start in time", hint: "tail \(ShellWord.quote(log))")
            }
            guard let bytes = Descriptor.read(descriptor, limit: 16 << 10), !bytes.isEmpty else {
                throw SlipwayError(
                    .engineFailed, "the engine ended without a word", hint: "tail \(ShellWord.quote(log))")
            }
            line += bytes
        }
        switch try JSONDecoder().decode(EngineAnnouncement.self, from: Data(line)) {
        case .listening(let record): return record
        case .refused(let failure): throw failure.error
        }
    }
}

/// An engine that this process has started.
package struct LaunchedEngine: Sendable {
    package let record: EngineRecord
    /// `nil` for a detached engine, which nobody holds.
    private let process: GuardedProcess?

    init(record: EngineRecord, process: GuardedProcess?) {
        self.record = record
        self.process = process
    }

    /// Asks the engine to end, as this process's own end would; returns at once.
    package func stop() { process?.stop() }

    /// Lets go of the engine as this process's death would.
    func dropLifeline() { process?.letGo() }

    /// Returns when nothing of the engine is left; at once for a detached one.
    package func waitUntilGone() async {
        guard let process else { return }
        await withCheckedContinuation { continuation in
            DedicatedThread.start {
                while let bytes = Descriptor.read(process.reports, limit: 4096), !bytes.isEmpty {}
                process.close()
                continuation.resume()
            }
        }
    }
}

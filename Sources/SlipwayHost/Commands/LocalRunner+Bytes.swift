// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import Subprocess
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension LocalRunner: ByteRunner {
    package func stream(
        _ command: Command, onOutput: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> CommandResult {
        let configuration = try configuration(of: command)
        let tail = ErrorLines()
        let end = try await ending(
            command, lines: { tail.kept }, of: { try await Self.pour(configuration, into: onOutput, keeping: tail) })
        return CommandResult(end, lines: tail.kept)
    }

    private static func pour(
        _ configuration: Configuration, into onOutput: @escaping @Sendable ([UInt8]) throws -> Void,
        keeping tail: ErrorLines
    ) async throws -> CommandResult.End {
        let leader = Mutex<Int32?>(nil)
        defer { if let leader = leader.withLock({ $0 }) { kill(-leader, SIGKILL) } }
        let result = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .sequence) {
            execution in
            leader.withLock { $0 = execution.processIdentifier.value }
            let (output, complaints) = (execution.standardOutput, execution.standardError)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await chunk in output { try onOutput(chunk.withUnsafeBytes { Array($0) }) }
                }
                group.addTask {
                    var splitter = LineSplitter()
                    for try await chunk in complaints {
                        let lines = chunk.withUnsafeBytes { splitter.feed($0) }
                        lines.forEach(tail.append)
                    }
                    if let last = splitter.finish() { tail.append(last) }
                }
                do {
                    try await group.waitForAll()
                } catch {
                    // The reader wants no more; the command must not wait for it.
                    if let leader = leader.withLock({ $0 }) { kill(-leader, SIGKILL) }
                    throw error
                }
            }
        }
        switch result.terminationStatus {
        case .exited(let code): return .exited(code)
        case .signaled(let signal): return .signaled(signal)
        }
    }
}

/// The last lines of standard error.
private final class ErrorLines: Sendable {
    private let tail = Mutex(OutputTail())

    var kept: [OutputLine] { tail.withLock { $0.kept } }
    func append(_ line: String) { tail.withLock { $0.append(OutputLine(.error, line)) } }
}

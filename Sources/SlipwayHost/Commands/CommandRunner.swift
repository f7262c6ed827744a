// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Runs commands somewhere: on this machine, on another, or nowhere but in a test's record.
package protocol CommandRunner: Sendable {
    /// Runs the command to its end.
    /// - Parameter onLine: Called for each line in the order it is read; secrets are already replaced.
    /// - Returns: How it ended; a failing exit code is a result, not an error.
    /// - Throws: ``SlipwayError`` `missingTool` without the executable, `timedOut` at the command's deadline;
    ///   `CancellationError` when the task is cancelled, after the process group has ended.
    func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult
}

extension CommandRunner {
    package func run(_ command: Command) async throws -> CommandResult { try await run(command, onLine: nil) }
}

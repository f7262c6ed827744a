// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import Synchronization

/// Keeps the commands it is given and answers with prepared results: for plans that are printed and for tests.
package final class RecordingRunner: CommandRunner {
    private let record = Mutex<[Command]>([])
    private let answer: @Sendable (Command) -> CommandResult

    package init(answer: @escaping @Sendable (Command) -> CommandResult = { _ in CommandResult(.exited(0)) }) {
        self.answer = answer
    }

    /// In the order they came.
    package var commands: [Command] { record.withLock { $0 } }

    package func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        record.withLock { $0.append(command) }
        let result = answer(command)
        if let onLine { result.lines.forEach(onLine) }
        return result
    }
}

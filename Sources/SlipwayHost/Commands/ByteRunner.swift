// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Runs commands whose standard output is data and not lines: an image, a long JSON text.
package protocol ByteRunner: CommandRunner {
    /// Runs the command to its end and passes its standard output on as it comes, in pieces of any size.
    /// - Returns: How it ended, with the last lines of standard error.
    /// - Throws: As ``CommandRunner/run(_:onLine:)``, and whatever the closure throws; the command is ended then.
    func stream(_ command: Command, onOutput: @escaping @Sendable ([UInt8]) throws -> Void) async throws
        -> CommandResult
}

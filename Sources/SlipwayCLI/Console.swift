// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Where a command prints: the result on standard output, everything else on standard error.
enum Console {
    static let output = Terminal.standardOutput
    static let notes = Terminal.standardError

    /// The command's result, and nothing else.
    static func result(_ text: String) { output.print(text) }
    /// A word for the person who waits.
    static func note(_ text: String) { notes.print(text) }
    static func error(_ error: SlipwayError) { notes.write(error) }
}

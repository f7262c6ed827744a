// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What to type where variables have no value.
enum MissingValues {
    /// Adds a line for each name to a file of variables, whether its last line has an end or would take the first name
    /// into it.
    static func command(_ names: [String], into file: String = ".env") -> String {
        "printf '\(names.map { "\\n\($0)=..." }.joined())\\n' >> \(ShellWord.quote(file))"
    }
}

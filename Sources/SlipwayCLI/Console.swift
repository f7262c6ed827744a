// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Where a command prints: the result on standard output, everything else on standard error.
enum Console {
    static let standardOutput = Terminal.standardOutput
    static let standardError = Terminal.standardError
}

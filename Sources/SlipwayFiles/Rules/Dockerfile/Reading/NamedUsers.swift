// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Accounts that are named, not numbered.
enum NamedUsers {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        file.steps("USER").compactMap { step in
            let name = (step.instruction.arguments.first ?? "").prefix { $0 != ":" }
            guard name.isEmpty || !name.utf8.allSatisfy(\.isDigit) else { return nil }
            return Violation(line: step.line, "\(name) is a name; write its number: USER 1000")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Accounts that are named, not numbered.
enum NamedUsers {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        // A number may come from an argument.
        let arguments = Set(
            file.reading.steps.lazy.filter { $0.keyword == "ARG" }.flatMap { $0.instruction.pairs.map(\.name) })
        return file.steps("USER").compactMap { step in
            let text = step.instruction.arguments.first ?? ""
            guard !OwnVariables.names(in: text).contains(where: arguments.contains) else { return nil }
            let name = text.prefix { $0 != ":" }
            guard name.isEmpty || !name.utf8.allSatisfy(\.isDigit) else { return nil }
            return Violation(line: step.line, "\(name) is a name; write its number: USER 1000")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// empty compose file
    static let emptyCompose = Rule(
        "CO181", .error, "the Compose file is empty",
        why: "docker compose up ends with: empty compose file.",
        catches: ["", "# later\n"],
        passes: ["services:\n  web:\n    image: nginx:1.27\n", "include:\n  - infra/compose.yml\n"]
    ) { file in
        let isEmpty = file.textLines.allSatisfy { line in
            let text = line.trimmed
            return text.isEmpty || text.hasPrefix("#")
        }
        guard isEmpty else { return [] }
        return [
            Violation(
                line: 1, "nothing is in it; write the services, or delete the file",
                severity: file.isForDevelopment ? .warning : nil)
        ]
    }
}

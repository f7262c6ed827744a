// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build refuses several sources when the destination does not end with a slash.
    static let copyToFolder = Rule(
        "DF321", .error, "several sources and a destination that is no folder", alias: ["DL3021"],
        why: "The build refuses several sources when the destination does not end with a slash.",
        catches: ["FROM debian:12\nCOPY a b /app"],
        passes: ["FROM debian:12\nCOPY a b /app/"]
    ) { file in
        file.steps("COPY").compactMap { step in
            let arguments = step.instruction.arguments
            guard arguments.count > 2, let last = arguments.last else { return nil }
            let bare = last.filter { $0 != "\"" && $0 != "'" }
            guard !bare.hasSuffix("/"), !bare.hasSuffix("\\") else { return nil }
            // BuildKit takes a dot for the folder that it is.
            let isFolder = bare == "." || bare.hasSuffix("/.")
            return Violation(
                line: step.line, "several sources need a folder; write: \(last)/", severity: isFolder ? .warning : nil)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The protocol is written in lower case everywhere else.
    static let exposeCasing = Rule(
        "DF211", .info, "a protocol in capitals", alias: ["ExposeProtoCasing"],
        why: "The protocol is written in lower case everywhere else.",
        catches: ["FROM python:3.12-slim\nEXPOSE 80/TCP"],
        passes: ["FROM python:3.12-slim\nEXPOSE 80/tcp"]
    ) { file in
        file.steps("EXPOSE").compactMap { step in
            let wrong = step.instruction.arguments.first {
                $0.contains("/") && $0 != $0.lowercased() && !$0.contains("$")
            }
            return wrong.map { Violation(line: step.line, "write the protocol in lower case: \($0.lowercased())") }
        }
    }
}

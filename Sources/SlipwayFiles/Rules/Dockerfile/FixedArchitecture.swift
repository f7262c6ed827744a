// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// On an ARM machine the image builds and then fails to start the program.
    static let fixedArchitecture = Rule(
        "DF021", .info, "a download for one architecture",
        why: "On an ARM machine the image builds and then fails to start the program.",
        catches: ["FROM debian:12\nRUN curl -fsSL https://example.org/tool-linux-amd64.tar.gz -o /tmp/tool"],
        passes: [
            "FROM debian:12\nARG TARGETARCH\nRUN curl -fsSL https://example.org/tool-linux-${TARGETARCH}.tar.gz -o /tmp/tool"
        ]
    ) { file in
        file.runPrograms { program in
            for command in program.commands where ["curl", "wget"].contains(command.name) {
                for argument in command.arguments where argument.hasPrefix("http") {
                    let words = ["amd64", "x86_64", "linux-x64", "linux64"]
                    if let word = words.first(where: { argument.contains($0) }) {
                        return "\(word) fits one architecture only; write ARG TARGETARCH before and use ${TARGETARCH}"
                    }
                }
            }
            return nil
        }
    }
}

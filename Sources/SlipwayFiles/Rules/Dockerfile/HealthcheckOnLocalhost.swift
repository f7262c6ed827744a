// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The check asks where nobody listens.
    static let healthcheckOnLocalhost = Rule(
        "DF050", .warning, "a HEALTHCHECK asks localhost on Alpine",
        why: "Alpine's wget tries ::1 first and does not go on to 127.0.0.1, where most servers listen.",
        catches: [
            "FROM nginx:1.27-alpine\nHEALTHCHECK CMD wget -q --spider http://localhost/ || exit 1\n",
            "FROM python:3.13-alpine\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\"]\nHEALTHCHECK CMD wget -qO- http://localhost:8000/\n",
        ],
        passes: [
            "FROM alpine:3.22\nCMD [\"/server\"]\nHEALTHCHECK CMD wget -qO- http://localhost:3000/\n",
            "FROM nginx:1.27-alpine\nHEALTHCHECK CMD wget -q --spider http://127.0.0.1/ || exit 1\n",
            "FROM nginx:1.27\nHEALTHCHECK CMD curl -f http://localhost/\n",
            "FROM node:22-alpine\nHEALTHCHECK CMD wget -qO- http://localhost:3000/\n",
        ]
    ) { file in
        guard let base = file.finalBase.map(ImageName.init), base.isAlpine, let stage = file.stages.last,
            // Go, Node and others listen on both unless told otherwise.
            base.name == "nginx" || file.lineage(of: stage).contains(where: \.listensOnIPv4Alone)
        else { return [] }
        return file.steps("HEALTHCHECK").compactMap { step in
            let text = step.instruction.command.joined(separator: " ")
            guard step.stage == file.stages.count - 1, text.contains("wget"), text.contains("//localhost") else {
                return nil
            }
            let lines = file.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let number = (step.line...step.instruction.endLine).first {
                lines.indices.contains($0 - 1) && lines[$0 - 1].contains("//localhost")
            }
            let fix = number.map { number in
                Fix(
                    "ask 127.0.0.1", line: number, count: 1,
                    replacement: [
                        lines[number - 1].split(separator: "//localhost", omittingEmptySubsequences: false)
                            .joined(separator: "//127.0.0.1")
                    ])
            }
            return Violation(line: step.line, "wget asks ::1 here; write: http://127.0.0.1", fix: fix)
        }
    }
}

extension DockerfileInstruction {
    /// Whether a command binds every address of IPv4 and none of IPv6.
    var listensOnIPv4Alone: Bool { ["CMD", "ENTRYPOINT"].contains(keyword) && text.contains("0.0.0.0") }
}

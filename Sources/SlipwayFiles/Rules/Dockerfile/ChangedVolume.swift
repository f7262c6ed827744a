// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A builder may throw away what is put below a VOLUME after it was declared.
    static let changedVolume = Rule(
        "DF046", .warning, "files below a VOLUME that is declared before them",
        why: "A builder may throw away what is put below a VOLUME after it was declared.",
        catches: ["FROM python:3.12-slim\nVOLUME /data\nCOPY seed.db /data/seed.db"],
        passes: ["FROM python:3.12-slim\nCOPY seed.db /data/seed.db\nVOLUME /data"]
    ) { file in
        file.stages.flatMap { stage in
            var volumes: [String] = []
            return stage.instructions.compactMap { instruction -> Violation? in
                if instruction.keyword == "VOLUME" { volumes += instruction.arguments.filter { $0.hasPrefix("/") } }
                guard ["COPY", "ADD"].contains(instruction.keyword), let target = instruction.arguments.last,
                    let volume = volumes.first(where: {
                        target == $0 || target.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/")
                    })
                else { return nil }
                return Violation(line: instruction.line, "\(volume) is a volume already; move VOLUME behind this line")
            }
        }
    }
}

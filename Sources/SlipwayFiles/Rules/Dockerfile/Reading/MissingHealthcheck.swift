// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Images without a HEALTHCHECK.
enum MissingHealthcheck {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        let checked = Set(file.steps("HEALTHCHECK").compactMap(\.stage))
        guard let last = file.stages.last else { return [] }
        var stage: DockerfileStage? = last
        while let current = stage {
            if checked.contains(current.index) { return [] }
            stage = current.parent.map { file.stages[$0] }
        }
        return [
            Violation(
                line: last.from.line, "nothing says whether the process works; write: HEALTHCHECK CMD ..., or NONE")
        ]
    }
}

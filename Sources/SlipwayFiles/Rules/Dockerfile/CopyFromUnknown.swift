// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A name that is no stage before it means an image of that name, which the build tries to pull.
    static let copyFromUnknown = Rule(
        "DF322", .warning, "COPY --from a stage that is not there", alias: ["DL3022"],
        why: "A name that is no stage before it means an image of that name, which the build tries to pull.",
        catches: ["FROM debian:12\nCOPY --from=build /a /a"],
        passes: [
            "FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build /a /a",
            "FROM debian:12\nCOPY --from=nginx:1.27 /a /a",
            "FROM debian:12\nCOPY --from=mlocati/php-extension-installer /usr/bin/a /usr/bin/",
        ]
    ) { file in
        file.steps("COPY").compactMap { step in
            guard let from = step.instruction.flag("from")?.value,
                // With a registry, an owner, a tag or a digest it can only be an image.
                !from.contains(where: { ":/@".contains($0) })
            else { return nil }
            let before = file.stages.prefix((step.stage ?? -1) + 1)
            if before.contains(where: { $0.writtenName == from }) { return nil }
            if let index = Int(from), index >= 0, index < before.count { return nil }
            return Violation(line: step.line, "no stage \(from) stands before; write FROM ... AS \(from)")
        }
    }
}

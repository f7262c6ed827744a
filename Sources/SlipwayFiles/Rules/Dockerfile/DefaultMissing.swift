// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Whoever builds without --build-arg gets an image name that is empty or ends in a colon.
    static let defaultMissing = Rule(
        "DF207", .warning, "FROM uses an ARG without a default", alias: ["InvalidDefaultArgInFrom"],
        why: "Whoever builds without --build-arg gets an image name that is empty or ends in a colon.",
        catches: ["ARG TAG\nFROM debian:$TAG"],
        passes: ["ARG TAG=12\nFROM debian:$TAG", "ARG TAG\nFROM debian:${TAG:-12}"]
    ) { file in
        let scope = file.document.globalScope()
        return file.stages.compactMap { stage in
            let expansion = scope.expand(stage.base, escape: file.document.escape)
            guard let name = expansion.unknown.first(where: scope.declared.contains) else { return nil }
            guard expansion.text.isEmpty || expansion.text.hasSuffix(":") || expansion.text.hasSuffix("/") else {
                return nil
            }
            return Violation(line: stage.from.line, "without --build-arg \(name) is empty; write: ARG \(name)=...")
        }
    }
}

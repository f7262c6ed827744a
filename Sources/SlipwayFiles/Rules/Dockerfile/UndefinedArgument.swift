// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Only an ARG before the first FROM reaches a FROM; the name becomes empty and the build stops.
    static let undefinedArgument = Rule(
        "DF204", .error, "FROM uses a variable that nothing declares", alias: ["UndefinedArgInFrom"],
        why: "Only an ARG before the first FROM reaches a FROM; the name becomes empty and the build stops.",
        catches: ["FROM debian:$VERSION", "FROM --platform=$BULIDPLATFORM debian:12"],
        passes: ["ARG VERSION=12\nFROM debian:$VERSION", "FROM --platform=$BUILDPLATFORM debian:12"]
    ) { file in
        let scope = file.document.globalScope()
        return file.stages.compactMap { stage in
            let unknown = [stage.base, stage.platform ?? ""].flatMap { text in
                scope.expand(text, escape: file.document.escape).unknown.filter { name in
                    !scope.declared.contains(name) && !text.contains("${\(name):")
                }
            }
            return unknown.first.map {
                Violation(line: stage.from.line, "$\($0) is empty here; write before FROM: ARG \($0)=...")
            }
        }
    }
}

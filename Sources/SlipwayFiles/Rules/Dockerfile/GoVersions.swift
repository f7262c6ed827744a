// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever was released last, and tomorrow it installs something else.
    static let goVersions = Rule(
        "DF362", .warning, "go install without a version", alias: ["DL3062"],
        why: "The build installs whatever was released last, and tomorrow it installs something else.",
        catches: ["FROM golang:1.22\nRUN go install example.org/a"],
        passes: ["FROM golang:1.22\nRUN go install example.org/a@v1.2.3"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedGo)
            return loose.first.map { name in
                let module = name.prefix { $0 != "@" }
                return "\(name) has no version; write \(module)@VERSION"
            }
        }
    }
}

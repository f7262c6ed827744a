// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever was released last, and tomorrow it installs something else.
    static let gemVersions = Rule(
        "DF328", .warning, "gems without versions", alias: ["DL3028"],
        why: "The build installs whatever was released last, and tomorrow it installs something else.",
        catches: ["FROM ruby:3.3\nRUN gem install bundler"],
        passes: ["FROM ruby:3.3\nRUN gem install bundler:2.5.0"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedGem)
            return loose.first.map { "\($0) has no version; write \($0):VERSION" }
        }
    }
}

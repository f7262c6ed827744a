// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// What every command on an application takes: which folder, and which environment.
struct ProjectOptions: ParsableArguments {
    @Argument(help: "The repository's folder.", completion: .directory)
    var directory = "."

    @Option(name: .customLong("env"), help: "The environment of slipway.yml whose differences apply.")
    var environment: String?

    func open() throws -> Project { try Project.open(directory, environment: environment) }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Which application's secrets; an option, because the argument is the secret's name.
struct SecretOptions: ParsableArguments {
    @Option(help: "The repository's folder.", completion: .directory)
    var directory = "."

    func open() throws -> Project { try Project.open(directory, environment: nil) }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Forgets one value.
struct SecretRemove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Forgets a value.")

    @Argument(help: "The variable's name.")
    var name: String
    @OptionGroup var project: SecretOptions

    func run() throws { try project.open().removeSecret(name) }
}

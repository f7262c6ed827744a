// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Values that nobody but the application may see.
struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Keeps values encrypted for `up` and `deploy`.",
        discussion: "The key is .slipway/secrets.key, mode 0600, or the variable SLIPWAY_SECRET_KEY.",
        subcommands: [SecretSet.self, SecretList.self, SecretRemove.self])
}

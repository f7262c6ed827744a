// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The embedded engine's own commands; all but `upgrade` are started by other commands and never typed by a person.
struct Engine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "Upgrades the running engine.",
        subcommands: [EngineUpgrade.self, EngineRun.self, EngineGuard.self])
}

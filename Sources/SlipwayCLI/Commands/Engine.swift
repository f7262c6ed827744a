// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The embedded engine's own processes; started by `up`, never typed by a person.
struct Engine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "Runs the embedded engine's processes.", shouldDisplay: false,
        subcommands: [EngineRun.self, EngineGuard.self])
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// The engine's daemon.
struct EngineRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the plan that is read from standard input.", shouldDisplay: false)

    @Flag(help: "Takes the place of the engine that speaks through standard input.")
    var successor = false

    func run() async throws { try await EngineEntry.run(asSuccessor: successor) }
}

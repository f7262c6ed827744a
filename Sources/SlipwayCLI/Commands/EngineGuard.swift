// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The process around one service. The entry point runs it before the command line is parsed; this names it.
struct EngineGuard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard", abstract: "Holds one service.", shouldDisplay: false)

    @Argument(help: "Shown in the process list.")
    var name: String
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Looks inside single parts of Slipway; its commands are for engineers and may change.
struct Debug: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug", abstract: "Looks inside single parts of Slipway.",
        subcommands: [DebugAST.self, DebugDocs.self, DebugEdge.self])
}

// SPDX-License-Identifier: Apache-2.0

internal import SlipwayEngine
internal import SlipwayHost

/// The command line's way into the engine's daemon.
public enum EngineEntry {
    /// Runs the plan on standard input until it is told to stop, or goes on in the place of a running engine.
    public static func run(asSuccessor: Bool) async throws {
        ProcessName.set("slipway-engine")
        if asSuccessor {
            try await EngineDaemon.runAsSuccessor()
        } else {
            try await EngineDaemon.runFromStandardInput()
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import SlipwayEngine

/// The command line's way into the engine's daemon.
public enum EngineEntry {
    /// Runs the plan on standard input until it is told to stop.
    public static func run() async throws { try await EngineDaemon.runFromStandardInput() }
}

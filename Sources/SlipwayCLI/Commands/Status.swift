// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Shows what runs.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows what runs: each process, since when, and why not.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var target: TargetOptions
    @Flag(help: "Print the engine's own answer as JSON.")
    var json = false

    func run() async throws {
        let status = try await project.open(target).status()
        Console.result(try status.rendered(asJSON: json, on: Console.output))
        if !status.isHealthy { throw ExitCode(65) }  // EX_DATAERR
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Says what this machine lacks.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what this machine has and lacks for each target, and how to get it.")

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() async throws {
        let findings = await ProofListing.examine()
        Console.result(json ? try ProofListing.json(findings) : ProofListing.table(findings))
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Finds the services of a repository and what they need.
struct Detect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the app spec: the services, resources and variables of a repository.")

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Print the app spec as JSON, valid against Schemas/app-spec.schema.json.")
    var json = false

    func run() async throws {
        let detected = try project.open().detect()
        // A script asks what there is, and nothing is an answer.
        if !json { _ = try detected.requireServices() }
        Console.result(json ? detected.json : detected.summary)
        if !json { detected.diagnostics.forEach(Console.note) }
    }
}

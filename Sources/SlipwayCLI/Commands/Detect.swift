// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Finds the services of a repository and what they need.
struct Detect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Prints the app spec: the services, resources and variables of a repository.")

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Print the app spec as JSON, valid against Schemas/app-spec.schema.json.")
    var json = false
    @Flag(help: "Say of every value where it comes from, how sure it is, and what came second.")
    var explain = false

    func run() async throws {
        let detected = try project.open().detect()
        // A script asks what there is, and nothing is an answer.
        if json { return Console.result(detected.json) }
        if explain { return Console.result(detected.explanation) }
        _ = try detected.requireServices()
        Console.result(detected.summary)
        detected.diagnostics.forEach(Console.note)
    }
}

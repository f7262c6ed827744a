// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Shows the releases.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Shows every release: when, by whom, how it went, and why it did not stay.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var target: TargetOptions
    @Flag(help: "Print the records as JSON.")
    var json = false

    func run() async throws {
        Console.result(try project.open(target).history().rendered(asJSON: json, on: Console.output))
    }
}

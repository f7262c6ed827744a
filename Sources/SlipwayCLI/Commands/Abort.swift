// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Takes back what a crash left.
struct Abort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Takes back a deploy that was killed.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var target: TargetOptions
    @Flag(help: "Print what was done as JSON.")
    var json = false

    func run() async throws {
        let report = try await project.open(target).takeBack(ReleaseOptions(), notes: Console.notes)
        Console.result(try report.rendered(asJSON: json))
    }
}

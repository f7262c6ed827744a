// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Goes on after a crash.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with a deploy that was killed, or starts the last release again.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var target: TargetOptions
    @Option(
        help: "The port of the one address when nothing runs; 0 takes any free one. The one it had before, or 8080.")
    var port: UInt16?
    @Option(help: "Seconds to wait for another command that changes releases.")
    var wait: UInt32 = 0
    @Flag(help: "Print what was done as JSON.")
    var json = false

    func run() async throws {
        let options = ReleaseOptions(port: port, wait: .seconds(Int(wait)))
        let report = try await project.open(target).resume(options, notes: Console.notes)
        Console.result(try report.rendered(asJSON: json))
    }
}

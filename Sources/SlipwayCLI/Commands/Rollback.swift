// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Goes back to an earlier release.
struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Puts an earlier release in front again; without a number, the one before.")

    @Argument(help: "The release's number, as `slipway history` shows it.")
    var release: Int?
    @Option(help: "The repository's folder.", completion: .directory)
    var directory = "."
    @OptionGroup var target: TargetOptions
    @Option(help: "Seconds to wait for another command that changes releases.")
    var wait: UInt32 = 0
    @Flag(help: "Print what was done as JSON.")
    var json = false

    func run() async throws {
        let project = try Project.open(directory, environment: nil, target: target.target)
        let options = ReleaseOptions(wait: .seconds(Int(wait)))
        let report = try await project.rollback(to: release, options, notes: Console.notes)
        Console.result(try report.rendered(asJSON: json))
    }
}

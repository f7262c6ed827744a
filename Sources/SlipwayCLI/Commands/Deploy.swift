// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Makes a release and puts it in front of people.
struct Deploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Makes a release of the source as it is and puts it in front of people, losing no request.",
        discussion: """
            The new release starts beside the old one, is verified from outside, gets the requests at once, and is \
            watched against the old one, which has them again when the new one is worse. Nothing runs yet? Then this \
            starts the application.
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var target: TargetOptions
    @Flag(help: "Print what would be done, with the expected downtime, and do nothing.")
    var plan = false
    @Option(help: "blue-green, canary, rolling or recreate; chosen by itself when not said.")
    var strategy: String?
    @Option(help: "Percent of the requests that a canary gets while it is watched first.")
    var share: UInt8 = 10
    @Option(
        help: "The port of the one address when nothing runs yet; 0 takes any free one. The one it had before, or 8080."
    )
    var port: UInt16?
    @Option(help: "Seconds to compare the new release with the old one, at most.")
    var watch: UInt32 = 10
    @Option(help: "Seconds to wait for another command that changes releases.")
    var wait: UInt32 = 0
    @Option(help: "Seconds that a release command, a migration, may take.")
    var migrationTimeout: UInt32 = 900
    @Flag(help: "Make a release although nothing has changed.")
    var force = false
    @Flag(help: "Print what was done as JSON.")
    var json = false

    func validate() throws {
        if !(1...50).contains(share) { throw ValidationError("--share takes a number from 1 to 50") }
    }

    func run() async throws {
        var options = ReleaseOptions(
            port: port, strategy: strategy, watch: .seconds(Int(watch)), wait: .seconds(Int(wait)), isForced: force,
            releaseDeadline: .seconds(Int(migrationTimeout)))
        options.canaryShare = Int(share)
        let project = try project.open(target)
        let report =
            plan
            ? try await project.deployPlan(options) : try await project.deploy(options, notes: Console.notes)
        Console.result(try report.rendered(asJSON: json))
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Keeps people out for a while.
struct Maintenance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Answers people with a page that says to come back, while you work on the data.",
        discussion: "The page has the status 503 and says when to try again. Files of a front end are served as before."
    )

    enum State: String, ExpressibleByArgument, CaseIterable { case on, off }

    @Argument(help: "on or off.")
    var state: State
    @Option(help: "The repository's folder.", completion: .directory)
    var directory = "."
    @OptionGroup var target: TargetOptions
    @Option(help: "Seconds that a request waits first, at most 10,000 of them at a time; 0 answers at once.")
    var wait: UInt32 = 0

    func run() async throws {
        let project = try Project.open(directory, environment: nil, target: target.target)
        let services = try await project.maintain(state == .on, patience: .seconds(Int(wait)))
        Console.note("maintenance is \(state.rawValue) for \(services.joined(separator: ", "))")
    }
}

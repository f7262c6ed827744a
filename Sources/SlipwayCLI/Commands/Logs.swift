// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Shows what the processes wrote.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Shows what the processes wrote, in the order of time.")

    @Argument(help: "Only these processes; all when none is named.")
    var services: [String] = []
    @Option(help: "The repository's folder.", completion: .directory)
    var directory = "."
    @OptionGroup var target: TargetOptions
    @Flag(name: .shortAndLong, help: "Go on with what comes, until Ctrl-C.")
    var follow = false
    @Option(name: .shortAndLong, help: "Begin with this many of the last lines; all without it.")
    var last: Int?
    @Flag(help: "One JSON object a line: service, time, stream, text.")
    var json = false

    func validate() throws {
        if let last, last < 0 { throw ValidationError("--last takes a number from 0") }
    }

    func run() async throws {
        let project = try Project.open(directory, environment: nil, target: target.target)
        try await project.logs(of: services, last: last, follow: follow, asJSON: json, to: Console.output)
    }
}

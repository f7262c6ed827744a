// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Proves that a deploy loses nothing.
struct Rehearse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse", abstract: "Deploys twice and goes back once under load, and tells what clients saw.",
        discussion: """
            Requests are sent at a steady rate whether earlier ones were answered or not, on new and on kept \
            connections. With --websocket, --events and --upload, 50 WebSockets, 10 event streams and 5 slow uploads \
            join them. Exits with 65 when anything was lost.
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var target: TargetOptions
    @Option(help: "Requests a second.")
    var rate = 500
    @Option(help: "The least number of seconds under load.")
    var seconds: UInt32 = 30
    @Option(help: "A path to ask for, may be repeated; found by itself when not said.")
    var path: [String] = []
    @Option(help: "The path where WebSockets connect.")
    var websocket: String?
    @Option(help: "The path of an event stream.")
    var events: String?
    @Option(help: "The path that takes uploads with POST.")
    var upload: String?
    @Option(help: "The port of the one address when nothing runs yet; 0 takes any free one.")
    var port: UInt16 = 0
    @Option(help: "Also draw latencies, losses and changes over time into this SVG file.", completion: .file())
    var picture: String?
    @Flag(help: "Print the figures as JSON.")
    var json = false

    func run() async throws {
        let options = RehearsalOptions(
            rate: max(rate, 1), duration: .seconds(Int(seconds)), paths: path, webSocketPath: websocket,
            eventPath: events, uploadPath: upload, port: port)
        let project = try project.open(target)
        let report = try await project.rehearse(options, notes: Console.notes)
        if let picture { try project.write(report, picture: picture) }
        Console.result(try report.rendered(asJSON: json))
        if !report.isClean { throw ExitCode(65) }  // EX_DATAERR
    }
}

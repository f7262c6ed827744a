// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Runs the edge alone, in front of something that runs already.
struct DebugEdge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edge", abstract: "Runs the edge alone, for measuring.", shouldDisplay: false)

    @Option(help: "The port to listen on; 0 for any.")
    var listen: UInt16 = 0
    @Option(help: "The port of a server on 127.0.0.1 that gets the requests.")
    var upstream: UInt16?
    @Option(help: "A folder to serve; the upstream then gets /api only.", completion: .directory)
    var root: String?
    @Option(help: "The number of event loops.")
    var threads = 1

    func run() async throws {
        let bench = EdgeBench(port: listen, upstream: upstream, root: root, threads: threads)
        Console.result(try await bench.start().joined(separator: "\n"))
        await bench.wait()
    }
}

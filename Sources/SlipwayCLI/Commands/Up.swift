// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Runs the whole application here.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Builds and runs the whole application here, behind one address.",
        discussion: """
            Without --detach it runs until Ctrl-C and shows what the processes write. Builds, the database and logs \
            stay in .slipway/ of the repository.
            """)

    @OptionGroup var project: ProjectOptions
    @Option(help: "Where it runs: local, with the embedded engine, or docker.")
    var target: RunTarget = .local
    @Option(help: "The port of the one address (8080, or what the Compose file says); 0 takes any free one.")
    var port: UInt16?
    @Flag(help: "Restart or rebuild a service when its source changes.")
    var dev = false
    @Flag(name: .shortAndLong, help: "Leave the application running when everything is ready.")
    var detach = false
    @Option(name: .customLong("set"), help: "A variable's value, stronger than every other source.")
    var variables: [Assignment] = []
    @Flag(help: "Print the address as JSON once everything is ready.")
    var json = false

    func run() async throws {
        let values = Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
        let asJSON = json
        if target == .docker {
            let options = UpOptions(port: port ?? 0, isDevelopment: dev, isDetached: detach, variables: values)
            return try await project.open().upInDocker(options, port: port, notes: Console.notes) { address in
                Console.result(asJSON ? "{\"address\":\"\(address)\"}" : address)
            }
        }
        let options = UpOptions(port: port ?? 8080, isDevelopment: dev, isDetached: detach, variables: values)
        try await project.open().up(options, notes: Console.notes) { address in
            Console.result(asJSON ? "{\"address\":\"\(address)\"}" : address)
        }
    }
}

/// What runs the application.
enum RunTarget: String, ExpressibleByArgument, CaseIterable { case local, docker }

/// `NAME=value` on the command line.
struct Assignment: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Ends what `up` started.
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Ends the application that runs here; its data stays.")

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Remove the data too: the volumes of containers.")
    var volumes = false

    func run() async throws {
        let project = try project.open()
        let inDocker = try await project.downInDocker(removingData: volumes)
        let ended = try await project.down() || inDocker
        Console.note(ended ? "stopped" : "nothing was running")
    }
}

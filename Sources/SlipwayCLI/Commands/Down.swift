// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Ends what `up` started.
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ends the application that runs here; its data stays.")

    @OptionGroup var project: ProjectOptions

    func run() async throws {
        let ended = try await project.open().down()
        Console.note(ended ? "stopped" : "nothing was running")
    }
}

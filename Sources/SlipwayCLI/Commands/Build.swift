// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Builds the images.
struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Builds every image of the application, side by side.",
        discussion: """
            Images are tagged with the commit and with digits of their content. Files that the repository lacks are \
            made for the build and not written into it. Logs stay in .slipway/logs/image-SERVICE.log.
            """)

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Use no layer of an earlier build.")
    var fresh = false
    @Option(help: "Seconds after which a build that still runs is ended.")
    var deadline: Int?
    @Flag(help: "Print the images as JSON.")
    var json = false

    func run() async throws {
        let images = try await project.open().buildImages(
            fresh: fresh, deadline: deadline.map { .seconds($0) }, notes: Console.notes)
        Console.result(json ? try images.json() : images.table)
    }
}

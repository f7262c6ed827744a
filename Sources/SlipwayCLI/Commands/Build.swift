// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Builds the images.
struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Builds every image of the application, side by side.",
        discussion: """
            Images are tagged with the commit and with digits of their content. Files that the repository lacks are \
            made for the build and not written into it. Logs stay in .slipway/logs/image-SERVICE.log. --send needs no \
            registry: the host gets the layers that it lacks.
            """)

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Use no layer of an earlier build.")
    var fresh = false
    @Flag(help: "Give no file in the images a later time than the commit's, so that it gives the same layers again.")
    var reproducible = false
    @Option(help: "Seconds after which a build that still runs is ended.")
    var deadline: Int?
    @Option(help: "Write what each image holds into this folder, as CycloneDX and SPDX.", completion: .directory)
    var sbom: String?
    @Flag(help: "Ask trivy or grype about known vulnerabilities of what the images hold.")
    var scan = false
    @Option(help: ArgumentHelp("Push the images to this registry.", valueName: "registry/folder"))
    var push: String?
    @Option(help: ArgumentHelp("Send the images to the engine of this host over ssh.", valueName: "user@host"))
    var send: String?
    @Flag(help: "Print the images as JSON.")
    var json = false

    func run() async throws {
        let options = ImageOptions(
            isFresh: fresh, isReproducible: reproducible, deadline: deadline.map { .seconds($0) }, softwareFolder: sbom,
            scans: scan, registry: push, host: send)
        let images = try await project.open().buildImages(options, notes: Console.notes)
        Console.result(json ? try images.json() : images.table)
    }
}

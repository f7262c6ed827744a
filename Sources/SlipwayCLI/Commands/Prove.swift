// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayCore
import SlipwayKit

/// Measures every claim on the built and running application.
struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Builds and runs the application in containers and measures every claim.",
        discussion: """
            Everything it makes has names, networks and volumes of its own and is removed afterwards, also when a \
            run was killed: the next one removes it. Exits with 65 when a proof fails.
            """)

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Print the report as JSON, valid against Schemas/proof-report.schema.json.")
    var json = false
    @Option(help: "Write report.json, junit.xml and report.html into this folder.", completion: .directory)
    var report: String?
    @Option(help: "Measure only the proof of this code; may be given several times.")
    var only: [String] = []
    @Option(help: "Write what each image holds into this folder, as CycloneDX and SPDX.", completion: .directory)
    var sbom: String?
    @Flag(help: "Try random sources, environments and ports, in place of the proofs.")
    var properties = false
    @Flag(help: "Leave the containers running, to look inside.")
    var keep = false
    @Flag(help: "List the proofs.")
    var list = false

    func run() async throws {
        if list { return Console.result(ProofListing.text) }
        let project = try project.open()
        let result = try await project.prove(
            only: only, keep: keep, properties: properties, softwareFolder: sbom, notes: Console.notes)
        if let report { try project.write(result, to: report) }
        Console.result(json ? try ProofListing.json(result) : ProofListing.table(result))
        if result.verdict == .fail { throw ExitCode(65) }  // EX_DATAERR
    }
}

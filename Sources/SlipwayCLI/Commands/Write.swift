// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Writes the deployment files.
struct Write: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Writes or refreshes the deployment files; what people edited stays.",
        discussion: """
            Without --target it writes what the repository needs: images and Compose, the environment templates, and \
            the platforms for which files are there already. Exits with 65 when something is left to do: with --check \
            any difference but hand edits, else a conflict (the new text is then beside the file, NAME.slipway-new).
            """)

    @OptionGroup var project: ProjectOptions
    @Option(parsing: .upToNextOption, help: "Only for these targets, and what they need: docker, fly, kubernetes, ...")
    var target: [String] = []
    @Flag(help: "Write nothing; say what would change.")
    var check = false
    @Flag(help: "Write nothing; show the differences, those of hand-written files too.")
    var diff = false
    @Option(
        parsing: .upToNextOption,
        help: "Let Slipway's text replace these hand-written or removed files; the old text stays beside them.")
    var adopt: [String] = []
    @Flag(help: "Print what happens to each file as JSON.")
    var json = false

    func run() async throws {
        let planned = try project.open().plannedFiles(WriteOptions(targets: target, adopted: adopt))
        let writes = !check && !diff
        if writes { try planned.write() }
        if json {
            Console.result(try planned.json())
        } else if diff {
            Console.result(planned.diff(for: Console.output))
        } else {
            planned.summary(written: writes).forEach(Console.result)
        }
        planned.remarks.forEach(Console.note)
        if writes ? planned.needsPerson : check && planned.isPending { throw ExitCode(65) }  // EX_DATAERR
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayHost
import SlipwayKit

/// Sets a repository up.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Detects the application and writes its deployment files.",
        discussion: """
            Asks three questions at most: the name, where it will run, and whether to write. An answer that differs \
            from what was detected is kept in slipway.yml. Files that are there already stay as they are.
            """)

    @OptionGroup var project: ProjectOptions
    @Flag(name: .shortAndLong, help: "Ask nothing and take what was detected.")
    var yes = false
    @Option(parsing: .upToNextOption, help: "Only for these targets, and what they need: docker, fly, kubernetes, ...")
    var target: [String] = []

    func run() async throws {
        let person = yes ? nil : Questions.ofPerson
        let planned = try project.open().initialFiles(targets: target, asking: person, notes: Console.notes)
        guard let planned else { return }
        try planned.write()
        planned.summary(written: true).forEach(Console.result)
        planned.remarks.forEach(Console.note)
        if planned.needsPerson { throw ExitCode(65) }  // EX_DATAERR
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Lists the files of a build context.
struct Context: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Lists the files that enter an image's build context, with their sizes in bytes.",
        discussion: """
            The ignore file is the one that Docker would use: NAME.dockerignore beside the Dockerfile, or .dockerignore. \
            Exits with 65 when the ignore file would make the build fail.
            """)

    @OptionGroup var project: ProjectOptions
    @Option(help: "The Dockerfile, relative to the folder.", completion: .file())
    var dockerfile: String?
    @Flag(help: "Print the list as JSON.")
    var json = false

    func run() async throws {
        let context = try project.open().buildContext(dockerfile: dockerfile)
        if json {
            Console.result(try context.json())
        } else {
            context.lines.forEach(Console.result)
            Console.note(context.summary)
        }
        context.problems.forEach(Console.note)
        if !context.problems.isEmpty { throw ExitCode(65) }  // EX_DATAERR
    }
}

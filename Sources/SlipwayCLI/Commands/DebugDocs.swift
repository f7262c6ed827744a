// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Writes the project's own generated references.
struct DebugDocs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Writes the references that are made from the code, for `make docs`.")

    @Argument(help: "The root of Slipway's own repository.", completion: .directory)
    var directory = "."
    @Flag(help: "Write nothing; exit with 65 when a reference is not up to date.")
    var check = false

    func run() async throws {
        let documents = GeneratedDocuments(commands: CommandReference.markdown())
        let paths = try check ? documents.differences(in: directory) : documents.write(in: directory)
        for path in paths { Console.note(check ? "\(path) is out of date; run: make docs" : path) }
        if check, !paths.isEmpty { throw ExitCode(65) }  // EX_DATAERR
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Takes a Dockerfile apart.
struct DebugAST: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ast", abstract: "Prints a Dockerfile's instructions as JSON.",
        discussion: "Exits with 65 and says why when BuildKit would refuse the file.")

    @Argument(help: "The Dockerfile.", completion: .file())
    var file: String

    func run() async throws {
        let listing = try DockerfileListing(path: file)
        if let json = try listing.json() { Console.result(json) }
        listing.problems.forEach(Console.note)
        if listing.isRefused { throw ExitCode(65) }  // EX_DATAERR
    }
}

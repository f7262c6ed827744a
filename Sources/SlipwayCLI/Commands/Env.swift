// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Shows the environment contract.
struct Env: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Shows every variable that the code reads, and what the files make of it.",
        discussion: """
            With --check it compares a file of NAME=value lines with the contract and exits with 65 when a required \
            name is missing.
            """)

    @OptionGroup var project: ProjectOptions
    @Flag(help: "Print the contract as JSON.")
    var json = false
    @Option(help: "A dotenv file to hold against the contract.", completion: .file())
    var check: String?

    func run() async throws {
        let project = try project.open()
        if let check {
            let result = try project.checkEnvironment(file: check)
            result.lines.forEach(Console.result)
            if result.hasErrors { throw ExitCode(65) }  // EX_DATAERR
            return
        }
        let contract = try project.environmentContract()
        Console.result(json ? try contract.json() : contract.table)
        if !json { contract.findings.forEach(Console.note) }
    }
}

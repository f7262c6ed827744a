// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayCore
import SlipwayKit

/// Finds what breaks deployments.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks deployment files, generated or written by hand, against each other and against the code.",
        discussion: """
            A folder is checked as a whole repository; a file only by the rules of its own format. Exits with 65 when \
            there is an error or a warning (--fail-on moves that); infos alone exit with 0.
            """)

    @Argument(help: "Folders and files; the working directory when none is named.", completion: .file())
    var paths: [String] = []
    @Option(help: "How findings are printed: text, json, sarif, junit or github.")
    var format: CheckReport.Format = .text
    @Option(help: "The least severity that makes the command exit with 65: error, warning or info.")
    var failOn: Severity = .warning

    func run() async throws {
        let report = try CheckRun(paths: paths).check()
        let text = try report.rendered(as: format, for: Console.output)
        if !text.isEmpty { Console.result(text) }
        if format == .text { Console.note(report.summary) }
        if report.hasFindings(atLeast: failOn) { throw ExitCode(65) }  // EX_DATAERR
    }
}

extension CheckReport.Format: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}

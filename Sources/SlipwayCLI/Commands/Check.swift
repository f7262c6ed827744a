// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayCore
import SlipwayKit

/// Finds what breaks deployments.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
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
    @Flag(help: "Make the edits that are safe, say which, and check again.")
    var fix = false
    @Flag(help: "With --fix, also make edits that may change what a file means.")
    var unsafe = false
    @Option(help: "A file of accepted findings, which are not shown.", completion: .file())
    var baseline: String?
    @Option(help: "Accept every finding of now: write them into this file.", completion: .file())
    var writeBaseline: String?
    @Option(help: "Say what a rule is about, by its code or by the name that hadolint or BuildKit gives it.")
    var explain: String?
    @Flag(help: "List all rules.")
    var list = false

    func run() async throws {
        if let explain { return Console.result(try RuleList.explanation(of: explain)) }
        if list { return Console.result(format == .json ? try RuleList.json() : RuleList.table) }
        let run = CheckRun(paths: paths, baseline: baseline)
        if let writeBaseline { return try run.writeBaseline(to: writeBaseline) }
        let report: CheckReport
        if fix {
            let result = try await run.fix(includingUnsafe: unsafe)
            result.edits.forEach(Console.note)
            report = result.report
        } else {
            report = try await run.check()
        }
        let text = try report.rendered(as: format, for: Console.output)
        if !text.isEmpty { Console.result(text) }
        if format == .text { Console.note(report.summary) }
        if report.hasFindings(atLeast: failOn) { throw ExitCode(65) }  // EX_DATAERR
    }
}

extension CheckReport.Format: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Runs a service's release or seed command: once, with a log and a deadline.
struct ReleaseStep: Sendable {
    let paths: StatePaths
    let runner: any CommandRunner
    let report: DeployEventHandler
    let deadline: Duration

    /// - Parameters:
    ///   - kind: `release` or `seed`; names the log.
    ///   - plan: The service's process, whose environment the command shares.
    /// - Throws: ``SlipwayError`` `releaseFailed` with the last lines.
    func run(_ kind: String, _ text: String, of plan: ProcessPlan) async throws {
        let name = plan.service.name
        let title = "\(kind) \(name)"
        let start = SystemClock.steady.now
        report(.started(step: title, command: text))
        do {
            try FileStore(root: paths.logs).makeDirectory()
            let log = try LogFile(path: paths.log(of: "\(kind)-\(name)"))
            log.write(line: "$ " + text)
            let command = Command(
                "/bin/sh", ["-c", text], environment: plan.variables, directory: plan.directory,
                inheritsEnvironment: false, deadline: deadline)
            let report = report
            let result = try await runner.run(command) { line in
                log.write(line: line.text)
                report(.line(step: title, line))
            }
            guard result.succeeded else { throw failure(text, of: name, result, log: log.path) }
        } catch {
            report(.finished(step: title, .failed, after: SystemClock.steady.now - start))
            throw error
        }
        report(.finished(step: title, .done, after: SystemClock.steady.now - start))
    }

    private func failure(_ text: String, of name: String, _ result: CommandResult, log: String) -> SlipwayError {
        SlipwayError(
            .releaseFailed, "\(text) in \(name) \(result.end)",
            hint: BuildFailure.hint(result.lastLines(200).joined(separator: "\n")) ?? "less \(ShellWord.quote(log))",
            details: result.lastLines(30) + ["whole log: \(log)"])
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayDetect
import SlipwayHost

/// Restarts or rebuilds the services whose source changes, until the task ends.
struct DevelopmentLoop: Sendable {
    let project: Project
    let target: LocalTarget
    let progress: ProgressPrinter

    func run(_ started: RunningApplication, changes: AsyncStream<Set<String>>) async throws {
        var running = started
        for await paths in changes {
            do {
                running = try await refresh(running, after: paths)
            } catch let error as SlipwayError {
                // A half-typed line must not end the session: the old process goes on, or the next save mends it.
                progress.terminal.write(error)
            }
        }
    }

    private func refresh(_ running: RunningApplication, after paths: Set<String>) async throws -> RunningApplication {
        let detected = try project.detect()
        let application = try detected.requireServices()
        let all = Set(application.services.map(\.name))
        let names =
            paths.contains(FileWatcher.everything)
            ? all : ChangedServices(services: application.services).affected(by: paths)
        guard !names.isEmpty else { return running }
        progress.say("changed", paths.sorted().prefix(3).joined(separator: ", "), .yellow)
        return try await target.refresh(names, of: application, tree: detected.tree, in: running)
    }
}

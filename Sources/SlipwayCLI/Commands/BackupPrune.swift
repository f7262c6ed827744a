// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Removes old backups.
struct BackupPrune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes backups beyond the newest of each day and of each month.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var place: BackupOptions
    @Option(help: "Days of which the newest is kept.")
    var daily = 30
    @Option(help: "Months of which the newest is kept.")
    var monthly = 12

    func run() async throws {
        let removed = try await project.open().pruneBackups(
            in: place.to, daily: max(daily, 0), monthly: max(monthly, 0))
        removed.forEach(Console.result)
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Brings a backup back.
struct BackupRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts what a backup holds in the place of what is there.",
        discussion: "A folder that is replaced stays beside the new one with .replaced behind its name.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var place: BackupOptions
    @Option(help: "The backup, as `slipway backup list` shows it; the newest when not said.")
    var id: String?
    @Flag(help: "Replace the data without asking; nothing is done without it.")
    var yes = false

    func run() async throws {
        guard yes else {
            throw ValidationError("restoring replaces the application's data; say so with --yes")
        }
        let report = try await project.open().restoreBackup(id, in: place.to, notes: Console.notes)
        Console.result(try report.rendered(asJSON: place.json))
    }
}

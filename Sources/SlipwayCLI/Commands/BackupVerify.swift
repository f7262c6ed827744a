// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Proves a backup again.
struct BackupVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Restores a backup beside the application and compares the rows.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var place: BackupOptions
    @Option(help: "The backup, as `slipway backup list` shows it; the newest when not said.")
    var id: String?

    func run() async throws {
        let report = try await project.open().verifyBackup(id, in: place.to, notes: Console.notes)
        Console.result(try report.rendered(asJSON: place.json))
    }
}

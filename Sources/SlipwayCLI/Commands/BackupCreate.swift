// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Makes a backup.
struct BackupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Copies every database and folder, and proves the copies.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var place: BackupOptions

    func run() async throws {
        let report = try await project.open().backUp(to: place.to, notes: Console.notes)
        Console.result(try report.rendered(asJSON: place.json))
    }
}

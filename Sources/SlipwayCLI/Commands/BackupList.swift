// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Shows the backups.
struct BackupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows the backups and when each was last proved.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var place: BackupOptions

    func run() async throws {
        Console.result(try await project.open().backups(in: place.to).rendered(asJSON: place.json))
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Copies of databases and folders that are known to come back.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Makes backups that are restored and compared before they count.",
        subcommands: [
            BackupCreate.self, BackupList.self, BackupVerify.self, BackupRestore.self, BackupPrune.self,
        ])
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles

extension ConfigurationKeys {
    /// Key of what the engine backs up by itself.
    static let backupName = "backup"

    /// Below `backup`.
    package static let backup: [ConfigurationKey<BackupSettings>] = [
        .init("at", .time, "Time of day, UTC, at which the engine makes a backup.", example: "\"03:30\"") {
            $0.at = $1.text
        },
        .init("everyHours", .count, "Hours between two backups, counted from `at`; 24.", example: "6") {
            $0.everyHours = $1.int
        },
        .init(
            "to", .text, "Where they go: a folder, ssh://host/folder or s3://bucket/prefix; .slipway/backups.",
            example: "s3://backups/shop"
        ) { $0.to = $1.text },
        .init("daily", .count, "Days of which the newest is kept; 30.", example: "14") { $0.daily = $1.int },
        .init("monthly", .count, "Months of which the newest is kept; 12.", example: "24") { $0.monthly = $1.int },
    ]
}

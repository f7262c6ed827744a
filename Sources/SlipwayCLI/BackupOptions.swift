// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where backups stand.
struct BackupOptions: ParsableArguments {
    @Option(
        help: "What holds the backups: a folder, ssh://user@host/folder or s3://bucket/prefix; .slipway/backups.",
        completion: .directory)
    var to: String?
    @Flag(help: "Print as JSON.")
    var json = false
}

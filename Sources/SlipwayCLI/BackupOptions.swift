// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where backups stand.
struct BackupOptions: ParsableArguments {
    @Option(help: "The folder that holds the backups; .slipway/backups when not said.", completion: .directory)
    var to: String?
    @Flag(help: "Print as JSON.")
    var json = false
}

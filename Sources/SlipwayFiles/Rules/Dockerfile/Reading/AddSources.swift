// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What ADD can do and COPY cannot.
enum AddSources {
    static func needsAdd(_ source: String) -> Bool {
        let bare = source.filter { $0 != "\"" && $0 != "'" }
        if ["https://", "http://", "git@", "git://", "ssh://"].contains(where: bare.hasPrefix) { return true }
        if bare.contains("$") { return false }
        return CopiedArchives.isArchive(bare)
    }
}

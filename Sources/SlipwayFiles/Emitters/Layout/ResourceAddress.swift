// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What code calls a host and means an address by.
enum ResourceAddress {
    /// Whether a variable that is called a host is given a whole address: its default is one, or the server's clients
    /// take nothing else (meilisearch.com/docs, MeiliSearch({ host })).
    static func isWhole(_ variable: Variable, for kind: Resource.Kind) -> Bool {
        variable.default.map { $0.contains("://") } ?? (kind == .meilisearch)
    }
}

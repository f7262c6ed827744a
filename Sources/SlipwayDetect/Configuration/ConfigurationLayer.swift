// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// One set of differences: the file's own, or those of an environment.
struct ConfigurationLayer: Sendable {
    /// One `name:` below `services`, `resources` or `variables`, with the keys that it states.
    struct Item: Sendable {
        var name: String
        var line: Int
        /// `enabled: false`
        var isRemoved = false
        var values: [(key: String, node: DataNode, line: Int)] = []
    }

    var name: (text: String, line: Int)?
    var services: [Item] = []
    var resources: [Item] = []
    var variables: [Item] = []
    /// `edge`, by itself under that name.
    var edge: Item?
    /// `backup`, likewise.
    var backup: Item?
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// One key of `slipway.yml`: its name, what may stand there, what it means, and what it changes.
package struct ConfigurationKey<Value>: Sendable {
    package let name: String
    package let shape: ConfigurationShape
    /// One sentence for the documentation and for editors.
    package let summary: String
    /// A value that shows the spelling.
    package let example: String
    /// Writes a node that ``shape`` has accepted.
    let write: @Sendable (inout Value, DataNode) -> Void

    init(
        _ name: String, _ shape: ConfigurationShape, _ summary: String, example: String,
        write: @escaping @Sendable (inout Value, DataNode) -> Void
    ) {
        self.name = name
        self.shape = shape
        self.summary = summary
        self.example = example
        self.write = write
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Bounds that keep any input from exhausting the stack or the memory.
enum DataLimits {
    /// Deeper than any deployment file, and shallow enough for a 512 KiB stack.
    static let deepestNesting = 200
    /// Nodes that aliases may add to those which the text spells out itself.
    static let nodesFromAliases = 100_000
}

// SPDX-License-Identifier: Apache-2.0

/// How far two texts are apart.
package enum EditDistance {
    /// Optimal string alignment: the fewest bytes to insert, delete, replace or swap with a neighbour.
    package static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before = Array(0...right.count)
        var last = before
        for (index, byte) in left.enumerated() {
            var row = [index + 1] + Array(repeating: 0, count: right.count)
            for (column, other) in right.enumerated() {
                let replaced = last[column] + (byte == other ? 0 : 1)
                row[column + 1] = min(replaced, row[column] + 1, last[column + 1] + 1)
                if index > 0, column > 0, byte == right[column - 1], left[index - 1] == other {
                    row[column + 1] = min(row[column + 1], before[column - 1] + 1)
                }
            }
            before = last
            last = row
        }
        return last[right.count]
    }
}

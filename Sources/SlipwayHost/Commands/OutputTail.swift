// SPDX-License-Identifier: Apache-2.0

/// The last lines of a command's output in bounded memory.
struct OutputTail {
    /// Enough for the traceback and the resolver's report that explain a failed build.
    static let capacity = 200

    private var lines: [OutputLine] = []

    mutating func append(_ line: OutputLine) {
        lines.append(line)
        // Dropping in batches keeps the cost per line constant.
        if lines.count >= 2 * Self.capacity { lines.removeFirst(lines.count - Self.capacity) }
    }

    var kept: [OutputLine] { lines.suffix(Self.capacity) }
}

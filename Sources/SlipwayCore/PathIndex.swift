// SPDX-License-Identifier: Apache-2.0

/// Finds files by their path and by their last component: chains of positions by hash, because a dictionary of names
/// costs more than reading the folders does.
struct PathIndex: Sendable {
    let paths: Chains
    let names: Chains

    init(of entries: [SourceTree.Entry]) {
        var paths = Chains(capacity: entries.count)
        var names = Chains(capacity: entries.count)
        // Backwards, so that a chain is in path order.
        for position in entries.indices.reversed() {
            let hash = Hash(of: entries[position].path)
            paths.insert(position, hash.path)
            names.insert(position, hash.name)
        }
        self.paths = paths
        self.names = names
    }

    /// FNV-1a of a whole path, and of what stands after its last slash.
    private struct Hash {
        private static let seed: UInt32 = 2_166_136_261
        private(set) var path = seed
        private(set) var name = seed

        init(of text: String) {
            var text = text
            text.withUTF8 { bytes in
                for byte in bytes {
                    path = (path ^ UInt32(byte)) &* 16_777_619
                    name = byte == UInt8(ascii: "/") ? Self.seed : (name ^ UInt32(byte)) &* 16_777_619
                }
            }
        }
    }

    /// Positions by hash, eight to twelve bytes for each.
    struct Chains: Sendable {
        private static let none = UInt32.max
        private var heads: [UInt32]
        private var next: [UInt32]

        fileprivate init(capacity: Int) {
            var size = 16
            while size < capacity { size *= 2 }
            heads = Array(repeating: Self.none, count: size)
            next = Array(repeating: Self.none, count: capacity)
        }

        fileprivate mutating func insert(_ position: Int, _ hash: UInt32) {
            let slot = Int(hash) & (heads.count - 1)
            next[position] = heads[slot]
            heads[slot] = UInt32(truncatingIfNeeded: position)
        }

        /// Positions under this key, and perhaps some others, in order.
        func all(of key: String) -> [Int] {
            var found: [Int] = []
            _ = first(of: key) { position in
                found.append(position)
                return false
            }
            return found
        }

        /// The first position under this key that the closure accepts.
        func first(of key: String, where accepts: (Int) -> Bool) -> Int? {
            var position = heads[Int(Hash(of: key).path) & (heads.count - 1)]
            while position != Self.none {
                if accepts(Int(position)) { return Int(position) }
                position = next[Int(position)]
            }
            return nil
        }
    }
}

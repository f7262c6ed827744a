// SPDX-License-Identifier: Apache-2.0

/// Finds files by their path, by their last component and by its ending: chains of positions by hash, because a dictionary of names
/// costs more than reading the folders does.
struct PathIndex: Sendable {
    let paths: Chains
    let names: Chains
    let endings: Chains
    /// Files whose ending is not one of ``commonEndings``, in path order.
    let others: [UInt32]

    /// What most files of most repositories are: program code, styles, pictures, data and prose.
    private static let commonEndings = [
        "py", "js", "jsx", "ts", "tsx", "vue", "svelte", "css", "scss", "html", "go", "rs", "rb", "php", "java", "kt",
        "cs", "swift", "ex", "png", "svg", "jpg", "webp", "json", "md", "txt", "sql", "map",
    ]
    private static let commonHashes = Set(commonEndings.map { Hash(of: $0).path })

    init(of entries: [SourceTree.Entry]) {
        var paths = Chains(capacity: entries.count)
        var names = Chains(capacity: entries.count)
        var endings = Chains(capacity: entries.count)
        var others: [UInt32] = []
        let common = Self.commonHashes
        // Backwards, so that a chain is in path order.
        for position in entries.indices.reversed() {
            let hash = Hash(of: entries[position].path)
            paths.insert(position, hash.path)
            names.insert(position, hash.name)
            endings.insert(position, hash.ending)
            if !common.contains(hash.ending) { others.append(UInt32(truncatingIfNeeded: position)) }
        }
        self.paths = paths
        self.names = names
        self.endings = endings
        self.others = others.reversed()
    }

    /// FNV-1a of a whole path, of what stands after its last slash, and of what stands after that one's last dot.
    private struct Hash {
        private static let seed: UInt32 = 2_166_136_261
        private(set) var path = seed
        private(set) var name = seed
        /// The name's when it has no dot.
        private(set) var ending = seed

        init(of text: String) {
            var text = text
            text.withUTF8 { bytes in
                for byte in bytes {
                    path = (path ^ UInt32(byte)) &* 16_777_619
                    let isSlash = byte == UInt8(ascii: "/")
                    name = isSlash ? Self.seed : (name ^ UInt32(byte)) &* 16_777_619
                    ending = isSlash || byte == UInt8(ascii: ".") ? Self.seed : (ending ^ UInt32(byte)) &* 16_777_619
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

// SPDX-License-Identifier: Apache-2.0

/// What an image's layers hold, told apart into the base's and our own.
struct ImageContents: Sendable {
    struct Waste: Equatable, Sendable {
        let path: String
        let bytes: Int
        let layer: Int
    }

    let layers: [LayerScan]
    /// How many layers belong to the base image.
    let baseCount: Int
    /// Files that a later layer hides or writes again, the largest first; only layers that we add can waste.
    let waste: [Waste]

    init(layers: [LayerScan], baseCount: Int) {
        self.layers = layers
        self.baseCount = baseCount
        waste = Self.waste(in: layers, from: baseCount)
    }

    var own: ArraySlice<LayerScan> { layers.dropFirst(baseCount) }
    var sizeInBytes: Int { layers.reduce(0) { $0 + $1.sizeInBytes } }
    var ownSizeInBytes: Int { own.reduce(0) { $0 + $1.sizeInBytes } }

    /// Files of our own layers that are there at the end, with their sizes.
    var visibleOwnFiles: [(path: String, size: Int)] {
        let gone = Set(waste.map { "\($0.layer):\($0.path)" })
        return own.enumerated().flatMap { offset, layer in
            layer.files.filter { !$0.isWhiteout && !gone.contains("\(baseCount + offset):\($0.path)") }
                .map { ($0.path, $0.size) }
        }
    }

    private static func waste(in layers: [LayerScan], from baseCount: Int) -> [Waste] {
        var seen: [String: (bytes: Int, layer: Int)] = [:]
        var wasted: [Waste] = []
        for (index, layer) in layers.enumerated() {
            for folder in layer.opaque {
                for (path, earlier) in seen where path.hasPrefix(folder + "/") {
                    if index >= baseCount {
                        wasted.append(Waste(path: path, bytes: earlier.bytes, layer: earlier.layer))
                    }
                    seen[path] = nil
                }
            }
            for file in layer.files {
                if let earlier = seen[file.path], index >= baseCount, earlier.layer != index {
                    wasted.append(Waste(path: file.path, bytes: earlier.bytes, layer: earlier.layer))
                }
                if file.isWhiteout {
                    if seen.removeValue(forKey: file.path) == nil {
                        let prefix = file.path + "/"
                        for (path, earlier) in seen where path.hasPrefix(prefix) {
                            if index >= baseCount {
                                wasted.append(Waste(path: path, bytes: earlier.bytes, layer: earlier.layer))
                            }
                            seen[path] = nil
                        }
                    }
                } else {
                    seen[file.path] = (file.size, index)
                }
            }
        }
        return wasted.filter { $0.bytes > 0 }.sorted { ($0.bytes, $1.path) > ($1.bytes, $0.path) }
    }

    /// Privileged files of our own layers that the base does not have.
    var addedPrivileged: [String] {
        let before = Set(layers.prefix(baseCount).flatMap { $0.files.filter(\.isPrivileged).map(\.path) })
        return own.flatMap { $0.files.filter { $0.isPrivileged && !before.contains($0.path) }.map(\.path) }
    }

    var secrets: [SecretFinding] { own.flatMap(\.secrets) }
}

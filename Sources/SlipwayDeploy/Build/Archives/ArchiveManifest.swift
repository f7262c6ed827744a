// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// The list of layers at the end of an image's archive; everything else streams past.
struct ArchiveManifest: TarReader.Sink {
    private static let largestInBytes = 4 << 20
    private var reader = TarReader()
    private var text: [UInt8] = []
    private var isManifest = false

    mutating func feed(_ bytes: [UInt8]) {
        // The reader is taken out while it calls back, so that both can change.
        var outer = reader
        outer.feed(bytes[...], to: &self)
        reader = outer
    }

    mutating func begin(_ entry: TarEntry) {
        isManifest = entry.path == "manifest.json" && entry.size < Self.largestInBytes
    }
    mutating func content(_ bytes: ArraySlice<UInt8>) { if isManifest { text += bytes } }
    mutating func end() { isManifest = false }

    /// Paths in the archive, from the base upwards.
    var layerPaths: [String] { image?["Layers"]?.texts ?? [] }
    /// Where the image's configuration is in the archive.
    var configurationPath: String? { image?["Config"]?.text }

    private var image: DataNode? { JSONDocument(parsing: String(decoding: text, as: UTF8.self)).root?[0] }
}

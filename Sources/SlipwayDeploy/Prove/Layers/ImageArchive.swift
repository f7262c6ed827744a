// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// What `docker save` writes, read as it comes: old archives hold `ID/layer.tar`, newer ones `blobs/sha256/ID`, Podman's
/// `ID.tar`.
struct ImageArchive: TarReader.Sink {
    private static let largestManifest = 4 << 20

    /// By the path in the archive.
    private(set) var layers: [String: LayerScan] = [:]
    private var texts: [String: [UInt8]] = [:]
    private let canary: String?

    private var outer = TarReader()
    private var path = ""
    private var inner: (reader: TarReader, scan: LayerScan)?
    private var start: [UInt8] = []
    private var isUndecided = false
    private var collects = false

    init(canary: String?) { self.canary = canary }

    mutating func feed(_ bytes: [UInt8]) {
        // The reader is taken out while it calls back, so that both can change.
        var reader = outer
        reader.feed(bytes[...], to: &self)
        outer = reader
    }

    mutating func begin(_ entry: TarEntry) {
        path = entry.path
        inner = nil
        start = []
        collects = entry.kind == .file && entry.path.hasSuffix(".json") && entry.size < Self.largestManifest
        isUndecided = entry.kind == .file && (entry.path.hasPrefix("blobs/") || entry.path.hasSuffix(".tar"))
    }

    mutating func content(_ bytes: ArraySlice<UInt8>) {
        if isUndecided {
            // A member is a layer when it is a tar archive, which a checksum block and `ustar` at 257 say.
            start += bytes
            guard start.count >= 512 else { return }
            isUndecided = false
            if start[257..<262].elementsEqual(Array("ustar".utf8)) {
                inner = (TarReader(), LayerScan(canary: canary))
                pass(start[...])
            }
            start = []
            return
        }
        if inner != nil {
            pass(bytes)
        } else if collects {
            texts[path, default: []] += bytes
        }
    }

    mutating func end() {
        if let inner { layers[path] = inner.scan }
        inner = nil
        isUndecided = false
    }

    private mutating func pass(_ bytes: ArraySlice<UInt8>) {
        guard var pair = inner else { return }
        // Without this the scan would be copied for every piece.
        inner = nil
        pair.reader.feed(bytes, to: &pair.scan)
        inner = pair
    }

    /// The layers from the base upwards, as manifest.json lists them; `nil` when there is none, or none can be read.
    func orderedLayers() -> [LayerScan]? {
        guard let manifest = texts["manifest.json"],
            let names = JSONDocument(parsing: String(decoding: manifest, as: UTF8.self)).root?[0]?["Layers"]?.texts
        else { return nil }
        guard names.isEmpty || !layers.isEmpty else { return nil }
        // Layers that are empty may be left out of the archive or stand in it as links.
        return names.map { layers[$0] ?? LayerScan(canary: canary) }
    }
}

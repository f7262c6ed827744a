// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// The archive of an image, as `docker save` prints it, with no time in its own layers later than a given one.
struct RetimedArchive {
    private static let largestConfigurationInBytes = 4 << 20

    private let latest: Int
    private let manifest: ArchiveManifest
    private let own: Set<String>
    private let keepsBase: Bool
    private var parts = TarParts()
    private var member = Member.dropped
    /// New digests of own layers, by path; a link has its target's.
    private var digests: [String: String] = [:]
    private var links: [String: String] = [:]
    private var configuration: [UInt8] = []

    private enum Member {
        case dropped, kept, configuration
        case layer(path: String, TarClock, RunningDigest)
    }

    /// - Parameters:
    ///   - latest: Seconds since 1970.
    ///   - baseCount: How many layers belong to the base image and stay as they are.
    ///   - keepsBase: Whether the new archive holds those too; an engine that has them needs them not.
    init(latest: Int, manifest: ArchiveManifest, baseCount: Int, keepsBase: Bool) {
        self.latest = latest
        self.manifest = manifest
        self.keepsBase = keepsBase
        // Of layers that hold the same, an archive may name one twice: what is the base's is not changed.
        own = Set(manifest.layerPaths.dropFirst(baseCount)).subtracting(manifest.layerPaths.prefix(baseCount))
    }

    /// - Returns: What of these bytes belongs to the new archive.
    mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var reader = parts
        reader.feed(bytes[...]) { part in
            switch part {
            case .header(let header): begin(header, &output)
            case .content(let piece): pass(piece, &output)
            case .padding(let piece):
                endLayer()
                if case .dropped = member { return }
                if case .configuration = member { return }
                // Only a member's last block is filled; the archive's end is written by itself.
                if piece.count < TarParts.block { output += piece }
            }
        }
        parts = reader
        return output
    }

    private mutating func begin(_ header: [UInt8], _ output: inout [UInt8]) {
        endLayer()
        let name = TarParts.name(of: header)
        let kind = header[header.count - TarParts.block + 156]
        if name == manifest.configurationPath {
            member = .configuration
        } else if own.contains(name), kind == UInt8(ascii: "2") {
            let target = header.suffix(TarParts.block).dropFirst(157).prefix(100).prefix { $0 != 0 }
            links[name] = String(decoding: target, as: UTF8.self)
            member = .kept
        } else if own.contains(name) {
            member = .layer(path: name, TarClock(latest: latest), RunningDigest())
        } else {
            member = keepsBase && manifest.layerPaths.contains(name) ? .kept : .dropped
        }
        switch member {
        case .kept, .layer: output += header
        case .dropped, .configuration: break
        }
    }

    private mutating func pass(_ piece: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        switch member {
        case .dropped: break
        case .kept: output += piece
        case .configuration:
            if configuration.count < Self.largestConfigurationInBytes { configuration += piece }
        case .layer(let path, var clock, var digest):
            let changed = clock.feed(Array(piece))
            digest.update(changed)
            member = .layer(path: path, clock, digest)
            output += changed
        }
    }

    private mutating func endLayer() {
        guard case .layer(let path, _, let digest) = member else { return }
        digests[path] = "sha256:" + digest.value
        member = .kept
    }

    /// What ends the new archive, to be written when the old one is over.
    /// - Parameters:
    ///   - layers: Digests of the old layers, from the base upwards.
    ///   - tags: Names that the image gets.
    /// - Returns: The bytes, the image's new identifier and its own layers; `nil` when the archive was cut short or its
    ///   layers are packed in a way that cannot be changed.
    mutating func finish(
        layers: [String], tags: [String]
    ) -> (bytes: [UInt8], identifier: String, ownLayers: [String])? {
        endLayer()
        let paths = manifest.layerPaths
        guard !configuration.isEmpty, paths.count == layers.count else { return nil }
        var text = String(decoding: configuration, as: UTF8.self)
        var ownLayers: [String] = []
        for (path, old) in zip(paths, layers) where own.contains(path) {
            // `../LAYER/layer.tar`: the layer that this one repeats.
            let target = links[path].map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
            guard let new = digests[target ?? path] ?? (target.map { paths.contains($0) } == true ? old : nil),
                text.contains(old)
            else { return nil }
            text = text.replacing(old, with: new)
            ownLayers.append(new)
        }
        text = ImageTimes.clamped(text, latest: latest)
        let digits = Digest.sha256(text)
        let names = tags.map { "\"\($0)\"" }.joined(separator: ",")
        let list = paths.map { "\"\($0)\"" }.joined(separator: ",")
        let manifest = "[{\"Config\":\"\(digits).json\",\"RepoTags\":[\(names)],\"Layers\":[\(list)]}]"
        let bytes =
            TarParts.member("\(digits).json", Array(text.utf8)) + TarParts.member("manifest.json", Array(manifest.utf8))
            + Array(repeating: 0, count: 2 * TarParts.block)
        return (bytes, "sha256:" + digits, ownLayers)
    }
}

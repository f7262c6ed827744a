// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `slipway prove` found out about a source, for the record of a release that is made of the same source.
public struct ReleaseProofs: Codable, Equatable, Sendable {
    private static let path = ".slipway/proofs.json"

    /// Proofs whose limit was held.
    public var passed: Int
    /// Those whose limit was not.
    public var failed: Int
    /// Those that had nothing to measure.
    public var skipped: Int
    /// Seconds since the Unix epoch.
    public var provedAt: Double
    /// SHA-256 of every file of the source with its path.
    public var sourceHash: String

    /// Keeps the figures of a whole report beside the releases.
    static func keep(_ report: ProofReport, of tree: SourceTree, in directory: String) throws {
        let proofs = ReleaseProofs(
            passed: report.count(.pass), failed: report.count(.fail), skipped: report.count(.skip),
            provedAt: SystemClock.secondsSinceEpoch(), sourceHash: ReleaseHash.source(tree))
        let files = FileStore(root: directory)
        try StateFolder.make(in: files)
        try files.write(Array(try JSONEncoder().encode(proofs)), to: path, mode: 0o600)
    }

    /// - Returns: `nil` when this very source was never proved.
    static func kept(for sourceHash: String, in directory: String) -> ReleaseProofs? {
        guard let bytes = try? FileStore(root: directory).read(path),
            let proofs = try? JSONDecoder().decode(ReleaseProofs.self, from: Data(bytes)),
            proofs.sourceHash == sourceHash
        else { return nil }
        return proofs
    }
}

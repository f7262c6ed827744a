// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The kept releases of one application, a folder each, and the history of all of them.
package struct ReleaseStore: Sendable {
    /// Kept whole. kamal retains five containers (its `retain_containers`).
    package static let kept = 5

    private let paths: StatePaths
    private let files: FileStore
    private var history: RecordLog { RecordLog(path: paths.releases + "/history.log") }

    package init(_ paths: StatePaths) {
        self.paths = paths
        files = FileStore(root: paths.root)
    }

    /// Absolute path of a release's own copy of the source.
    package func source(of number: Int) -> String { "\(paths.releases)/\(number)/source" }

    // MARK: Releases

    /// Oldest first; a folder whose description cannot be read is none.
    package func all() -> [Release] {
        guard files.isDirectory("releases"), let names = try? files.list("releases") else { return [] }
        return names.compactMap { Int($0) }.sorted().compactMap(release)
    }

    /// - Returns: `nil` when there is none of this number, or none that can be read.
    package func release(_ number: Int) -> Release? {
        guard let bytes = try? files.read("releases/\(number)/release.json") else { return nil }
        return try? JSONDecoder().decode(Release.self, from: Data(bytes))
    }

    /// Larger than every number ever used, also when the history or a folder was lost.
    package func nextNumber() -> Int {
        let folders = ((try? files.list("releases")) ?? []).compactMap { Int($0) }
        return (folders + records().map(\.number)).reduce(0, max) + 1
    }

    /// Replaced whole; the folder must be there.
    package func write(_ release: Release) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try makeFolder(release.number)
        try files.write(Array(try encoder.encode(release)), to: "releases/\(release.number)/release.json", mode: 0o600)
    }

    /// A release holds the source, which may be private, and hashes of values.
    package func makeFolder(_ number: Int) throws {
        try files.makeDirectory("releases", mode: 0o755)
        try files.makeDirectory("releases/\(number)", mode: 0o755)
    }

    package func remove(_ number: Int) throws { try files.remove("releases/\(number)") }

    /// Removes releases beyond the kept ones and the builds that nobody names any more.
    /// - Parameter needed: Releases that stay whatever their age: those that run.
    /// - Returns: Bytes freed.
    package func prune(needed: Set<Int>) throws -> UInt64 {
        let releases = all()
        var keep = needed
        let live = records().filter { $0.outcome == .live }.map(\.number)
        for number in live.reversed() + releases.map(\.number).reversed() where keep.count < Self.kept {
            keep.insert(number)
        }
        var freed: UInt64 = 0
        for release in releases where !keep.contains(release.number) {
            freed += try files.size(of: "releases/\(release.number)")
            try remove(release.number)
        }
        let builds = Set(all().flatMap { $0.builds.values.flatMap(\.folders) })
        for release in releases where !keep.contains(release.number) {
            for folder in release.builds.values.flatMap(\.folders) where !builds.contains(folder) {
                freed += try files.size(of: "builds/\(folder)")
                try files.remove("builds/\(folder)")
            }
        }
        return freed
    }

    // MARK: History

    /// Oldest first. Lines that were damaged are left out; the folders of the kept releases tell what they were.
    package func records() -> [ReleaseRecord] {
        history.read().lines.compactMap { try? JSONDecoder().decode(ReleaseRecord.self, from: Data($0.utf8)) }
    }

    package func append(_ record: ReleaseRecord) throws {
        try files.makeDirectory("releases", mode: 0o755)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try history.append(String(decoding: try encoder.encode(record), as: UTF8.self))
    }

    /// The release that had the requests last, as far as the history knows.
    package func lastLive() -> Int? {
        let known = records().last { $0.outcome == .live && release($0.number) != nil }?.number
        return known ?? (history.read().isDamaged ? all().last?.number : nil)
    }
}

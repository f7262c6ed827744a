// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What makes two releases the same.
enum ReleaseHash {
    /// Every file with its path. A file too large to be source counts by its path alone.
    static func source(_ tree: SourceTree) -> String {
        Digest.sha256(parts: tree.entries.lazy.flatMap { [Array($0.path.utf8), tree.contents($0.path) ?? []] })
    }

    static func spec(_ application: AppSpec) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var plain = application
        // Why a value was chosen changes nothing that runs.
        plain.origins = [:]
        plain.diagnostics = []
        return Digest.sha256((try? encoder.encode(plain)) ?? Data())
    }

    /// Only what people gave: what Slipway makes itself stays the same from release to release.
    static func variables(_ application: AppSpec, _ given: GivenValues) -> String {
        var parts: [[UInt8]] = []
        for service in application.services {
            let names = given.names(for: service.name).union(application.variables.map(\.name))
            for name in names.sorted() {
                guard let value = given.value(of: name, for: service.name)?.value else { continue }
                parts += [service.name, name, value].map { Array($0.utf8) }
            }
        }
        return Digest.sha256(parts: parts)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Baseline {
    /// - Throws: ``SlipwayError`` `bad-configuration` when the file is missing or no baseline.
    static func read(_ path: String, from tree: SourceTree) throws -> Baseline {
        let hint = "slipway check --write-baseline \(path)"
        guard let text = tree.text(path) else {
            throw SlipwayError(
                .badConfiguration, "check.baseline names \(path), which is not there", hint: hint)
        }
        do {
            return try JSONDecoder().decode(Baseline.self, from: Data(text.utf8))
        } catch {
            throw SlipwayError(.badConfiguration, "\(path) is no baseline", hint: hint)
        }
    }
}

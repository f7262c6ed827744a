// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EngineRecord {
    /// What the running engine wrote, or `nil` when none did.
    package static func read(_ paths: StatePaths) -> EngineRecord? {
        let state = FileStore(root: paths.root)
        guard let bytes = try? state.read(StatePaths.recordName) else { return nil }
        return try? JSONDecoder().decode(EngineRecord.self, from: Data(bytes))
    }
}

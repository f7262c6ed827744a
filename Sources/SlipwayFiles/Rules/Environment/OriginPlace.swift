// SPDX-License-Identifier: Apache-2.0

/// The place that a variable's origin names.
enum OriginPlace {
    /// - Parameter origin: `src/config.ts:12`.
    /// - Returns: `nil` for one without a line.
    static func of(_ origin: String) -> (path: String, line: Int)? {
        guard let colon = origin.lastIndex(of: ":"), let line = Int(origin[origin.index(after: colon)...]) else {
            return nil
        }
        return (String(origin[..<colon]), line)
    }
}

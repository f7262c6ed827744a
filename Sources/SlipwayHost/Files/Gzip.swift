// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

/// One gzip stream in one go, by zlib.
package enum Gzip {
    /// - Parameter level: 1 is fast, 9 is small; 6 is zlib's default and nearly as small.
    /// - Returns: `nil` when zlib has no memory.
    package static func compress(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8]? {
        let bound = slipway_gzip_bound(bytes.count)
        let result = [UInt8](unsafeUninitializedCapacity: bound) { memory, count in
            count = bytes.withUnsafeBytes { input in
                slipway_gzip(input.baseAddress, input.count, memory.baseAddress, bound, level)
            }
        }
        return result.isEmpty ? nil : result
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The `Date` header line, spelled once a second.
struct DateLine {
    private var second = -1
    private var bytes = ByteBuffer()

    /// With CR LF.
    var line: ByteBuffer {
        mutating get {
            let now = Int(time(nil))
            if now != second {
                second = now
                bytes = ByteBuffer(string: "Date: \(HTTPDate.text(now))\r\n")
            }
            return bytes
        }
    }
}

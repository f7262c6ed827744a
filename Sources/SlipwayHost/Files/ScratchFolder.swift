// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder that nobody else can read, for as long as another program needs files.
package struct ScratchFolder: Sendable {
    /// Absolute.
    package let path: String
    /// What is in it.
    package let files: FileStore

    /// Makes it below `TMPDIR`, or `/tmp`.
    /// - Throws: ``SlipwayError`` `writeFailed`.
    package init() throws {
        let parent = ProcessVariables.value(of: "TMPDIR").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array((parent + "/slipway-XXXXXX").utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
        }
        guard isMade else {
            throw SlipwayError.file("create a folder in", parent)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        files = FileStore(root: path)
    }

    /// Removes it with all that is in it; a failure leaves files that the system clears some day.
    package func remove() {
        for name in (try? files.list()) ?? [] { try? files.remove(name) }
        rmdir(path)
    }
}

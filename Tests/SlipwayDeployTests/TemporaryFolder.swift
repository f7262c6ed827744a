// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// A folder of one test's own, removed when the test lets go of it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/slipway-test-" + RandomToken.hex(bytes: 6)
        try FileStore(root: path).makeDirectory()
    }

    var files: FileStore { FileStore(root: path) }

    deinit { try? FileStore(root: "/").remove(String(path.dropFirst())) }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The port of the application's one address, so that it comes back there after a crash or a reboot.
struct AddressMemory: Sendable {
    private static let path = "address"
    private let files: FileStore

    init(_ paths: StatePaths) { files = FileStore(root: paths.root) }

    func load() -> UInt16? {
        (try? files.text(Self.path)).flatMap { UInt16($0.split(separator: "\n").first ?? "") }
    }

    func store(_ port: UInt16) throws { try files.write("\(port)\n", to: Self.path) }
}

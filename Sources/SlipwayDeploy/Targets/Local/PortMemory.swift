// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// Ports of the last run, one `name port` a line below `.slipway`. Losing it costs nothing but other numbers.
struct PortMemory: Sendable {
    private let files: FileStore
    private static let path = "ports"

    init(_ files: FileStore) { self.files = files }

    func load() -> [String: UInt16] {
        var ports: [String: UInt16] = [:]
        for line in (try? files.text(Self.path))?.split(separator: "\n") ?? [] {
            let words = line.split(separator: " ")
            if words.count == 2, let port = UInt16(words[1]) { ports[String(words[0])] = port }
        }
        return ports
    }

    func store(_ ports: [String: UInt16]) throws {
        try files.write(ports.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined(), to: Self.path)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Finds the destination of a path: the longest prefix that ends at a segment's end.
struct RouteTable<Destination> {
    private let entries: [(prefix: [UInt8], destination: Destination)]

    /// - Parameter routes: Prefixes as in `EdgeRoute`; a trailing slash is ignored.
    init(_ routes: [(prefix: String, destination: Destination)]) {
        let entries = routes.map { route in
            var prefix = Array(route.prefix.utf8)
            while prefix.last == 0x2F { prefix.removeLast() }
            return (prefix: prefix, destination: route.destination)
        }
        self.entries = entries.sorted { $0.prefix.count > $1.prefix.count }
    }

    /// - Parameter path: Starts with `/`, or is empty or `*`, which only a route for everything matches.
    @inline(__always) func match(_ path: UnsafeRawBufferPointer) -> (destination: Destination, prefixLength: Int)? {
        for entry in entries where Self.matches(path, entry.prefix) {
            return (entry.destination, entry.prefix.count)
        }
        return nil
    }

    /// Looked through in no particular order of importance.
    func first(where condition: (Destination) -> Bool) -> Destination? {
        entries.first { condition($0.destination) }?.destination
    }

    @inline(__always) private static func matches(_ path: UnsafeRawBufferPointer, _ prefix: [UInt8]) -> Bool {
        guard path.count >= prefix.count else { return false }
        guard path.count == prefix.count || prefix.isEmpty || path[prefix.count] == 0x2F else { return false }
        for index in 0..<prefix.count where path[index] != prefix[index] { return false }
        return true
    }
}

extension RouteTable: Sendable where Destination: Sendable {}

// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps what was read, so that the second detector to ask for a file does not read it again.
final class FileCache: Sendable {
    /// All source of nearly every repository; the rest is read again when somebody asks.
    private static let capacityInBytes = 32 << 20
    /// A larger file is a lock file or data, which one detector asks for.
    private static let largestInBytes = 1 << 20

    private enum Slot {
        case unread
        case unreadable
        case bytes([UInt8])
    }

    private struct State {
        var slots: [Slot] = []
        var used = 0
    }

    private let state = Mutex(State())
    private let count: Int

    /// - Parameter count: The number of files in the tree.
    init(count: Int) { self.count = count }

    /// What the closure gave for this file when it was first asked, outside the lock.
    func bytes(at position: Int, read: () -> [UInt8]?) -> [UInt8]? {
        let known = state.withLock { state in
            position < state.slots.count ? state.slots[position] : .unread
        }
        switch known {
        case .bytes(let bytes): return bytes
        case .unreadable: return nil
        case .unread: break
        }
        let bytes = read()
        guard bytes?.count ?? 0 <= Self.largestInBytes else { return bytes }
        state.withLock { state in
            if state.slots.isEmpty { state.slots = Array(repeating: .unread, count: count) }
            // What an array needs besides its elements (MemoryLayout of its header).
            let cost = (bytes?.count ?? 0) + 32
            guard state.used + cost <= Self.capacityInBytes else { return }
            state.used += cost
            state.slots[position] = bytes.map { .bytes($0) } ?? .unreadable
        }
        return bytes
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

/// Files of one event loop: the small ones kept in memory, all of them found and read on other threads.
final class SiteCache {
    /// All cached content together, per event loop.
    private static let capacity = 8 << 20
    /// A file that was looked at this recently is served without another look: short enough for a person who saves
    /// and reloads, long enough that load does not reach the disk.
    private static let trusted = TimeAmount.milliseconds(200)

    private struct Entry {
        var file: ServedFile
        var checked: NIODeadline
        var used: UInt64
    }

    private let eventLoop: any EventLoop
    private let threads: NIOThreadPool
    private var entries: [FileQuery: Entry] = [:]
    private var size = 0
    private var uses: UInt64 = 0

    init(eventLoop: any EventLoop, threads: NIOThreadPool = .singleton) {
        self.eventLoop = eventLoop
        self.threads = threads
    }

    /// A file that can be sent at once.
    func cached(_ query: FileQuery) -> ServedFile? {
        guard let index = entries.index(forKey: query) else { return nil }
        uses += 1
        entries.values[index].used = uses
        let entry = entries.values[index]
        return NIODeadline.now() - entry.checked < Self.trusted ? entry.file : nil
    }

    /// - Parameter completion: Called on this event loop; never with `unchanged`.
    func load(_ query: FileQuery, _ completion: @escaping (FileQuery.Answer) -> Void) {
        let known = entries[query]?.file
        let version = known?.version
        threads.runIfActive(eventLoop: eventLoop) { FileLoader(query)?.answer(known: version) ?? .missing }
            .assumeIsolated()
            .whenComplete { result in
                switch ((try? result.get()) ?? .missing, known) {
                case (.file(let file), _):
                    self.keep(file, for: query)
                    completion(.file(file))
                case (.unchanged, let file?):
                    self.keep(file, for: query)
                    completion(.file(file))
                case (let other, _):
                    self.drop(query)
                    completion(other)
                }
            }
    }

    private func keep(_ file: ServedFile, for query: FileQuery) {
        drop(query)
        guard case .memory = file.content, file.size <= Self.capacity / 8 else { return }
        uses += 1
        entries[query] = Entry(file: file, checked: .now(), used: uses)
        size += Self.cost(file)
        while size > Self.capacity, let oldest = entries.min(by: { $0.value.used < $1.value.used }) {
            drop(oldest.key)
        }
    }

    private func drop(_ query: FileQuery) {
        guard let entry = entries.removeValue(forKey: query) else { return }
        size -= Self.cost(entry.file)
    }

    /// 1 KiB stands for the entry itself: many tiny files must not grow without bound.
    private static func cost(_ file: ServedFile) -> Int { file.size + (1 << 10) }
}

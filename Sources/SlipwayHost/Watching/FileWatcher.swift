// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Tells which files of a folder change, with inotify(7), or by looking again and again where that is not to be had.
package struct FileWatcher: Sendable {
    /// Stands for "anything may have changed": the kernel dropped events.
    package static let everything = "."
    /// A stream of changes that never pauses is passed on after this time.
    private static let longestBatch: Duration = .seconds(1)

    private let root: String
    private let filter: WatchFilter
    private let quiet: Duration

    /// - Parameters:
    ///   - root: An absolute path; symbolic links below it are not followed.
    ///   - quiet: A batch ends when nothing changed for so long: an editor or a checkout touches several files.
    package init(root: String, filter: WatchFilter = WatchFilter(), quiet: Duration = .milliseconds(100)) {
        self.root = root
        self.filter = filter
        self.quiet = quiet
    }

    /// Batches of relative paths, from now on, until the task that reads them ends.
    ///
    /// Watching has begun when this returns: what changes afterwards is reported.
    package func changes() -> AsyncStream<Set<String>> {
        let (stream, continuation) = AsyncStream<Set<String>>.makeStream()
        guard let wake = Descriptor.pipe() else {
            continuation.finish()
            return stream
        }
        // The thread alone frees what it reads from; the closing of the far end wakes it.
        continuation.onTermination = { _ in Descriptor.close(wake.write) }
        let first = makeSource()
        let (quiet, longest) = (quiet, Self.longestBatch)
        DedicatedThread.start {
            var source = first
            Self.run(&source, wake: wake.read, quiet: quiet, longest: longest) { continuation.yield($0) }
            source.close()
            Descriptor.close(wake.read)
            continuation.finish()
        }
        return stream
    }

    private func makeSource() -> any ChangeSource {
        #if os(Linux)
        if let source = InotifySource(root: root, filter: filter) { return source }
        #endif
        return PollingSource(root: root, filter: filter)
    }

    private static func run(
        _ source: inout any ChangeSource, wake: Int32, quiet: Duration, longest: Duration,
        yield: (Set<String>) -> Void
    ) {
        var batch: Set<String> = []
        var began = ContinuousClock.now
        while true {
            var descriptors = [wake, source.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let timeout = batch.isEmpty ? source.period : min(quiet, source.period ?? quiet)
            let count = poll(&descriptors, 2, timeout.map(Self.milliseconds) ?? -1)
            if descriptors[0].revents != 0 { return }
            let changed = count > 0 || source.period != nil ? source.collect() : []
            if batch.isEmpty { began = .now }
            batch.formUnion(changed)
            // An event may tell nothing new, so that only silence ends a batch.
            let isSilent = source.period == nil ? count == 0 : changed.isEmpty
            let isOver = isSilent || ContinuousClock.now - began >= longest
            if !batch.isEmpty, isOver {
                yield(batch)
                batch = []
            }
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        Int32(clamping: duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
    }
}

/// Where changes come from.
protocol ChangeSource: Sendable {
    /// Readable when something changed; -1 for none.
    var descriptor: Int32 { get }
    /// Between two looks without being told; `nil` when ``descriptor`` tells.
    var period: Duration? { get }
    mutating func collect() -> Set<String>
    func close()
}

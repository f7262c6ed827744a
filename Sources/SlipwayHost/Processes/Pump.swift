// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Reads what a service writes only as fast as it can be stored: the pipe's own limit slows the service, and memory
/// stays as it is.
final class Pump: Sendable {
    private enum Phase {
        case running
        /// Somebody wants to go on with the service.
        case asked(CheckedContinuation<GuardedService.Handle?, Never>)
        case over
    }

    private let process: GuardedProcess
    private let output: Int32
    private let errors: Int32
    private let log: ProcessLog
    private let observer: @Sendable (GuardedService.Event) -> Void
    /// A byte in it wakes the thread; closed with the phase `over`.
    private let waker: (read: Int32, write: Int32)
    private let phase = Mutex(Phase.running)

    init(
        process: GuardedProcess, output: Int32, errors: Int32, log: ProcessLog,
        observer: @escaping @Sendable (GuardedService.Event) -> Void
    ) {
        self.process = process
        self.output = output
        self.errors = errors
        self.log = log
        self.observer = observer
        waker = Descriptor.pipe() ?? (-1, -1)
    }

    /// On a thread of its own.
    func run(pending: [UInt8]) {
        var reports = GuardReports(pending: pending)
        var descriptors = [output, errors, process.reports, waker.read].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while descriptors[2].fd >= 0 {
            if poll(&descriptors, nfds_t(descriptors.count), -1) < 0 { continue }
            for (index, stream) in [ProcessLog.Stream.out, .err].enumerated() where descriptors[index].revents != 0 {
                if !copy(descriptors[index].fd, to: stream) { descriptors[index].fd = -1 }
            }
            if descriptors[2].revents != 0 {
                if let bytes = Descriptor.read(process.reports, limit: 4096), !bytes.isEmpty {
                    for report in reports.feed(bytes) { observer(.report(report)) }
                } else {
                    descriptors[2].fd = -1
                }
            }
            if descriptors[3].revents != 0, descriptors[2].fd >= 0 {
                return leave(
                    GuardedService.Handle(
                        guardIdentifier: process.identifier, pendingReports: reports.pending,
                        descriptors: [process.control, process.reports, output, errors]))
            }
        }
        process.close()
        // Without the last word the guard was killed, and what it held is ours now.
        if !reports.isComplete { AdoptedProcesses.end() }
        for (index, stream) in [ProcessLog.Stream.out, .err].enumerated() where descriptors[index].fd >= 0 {
            Descriptor.setNonBlocking(descriptors[index].fd)
            while copy(descriptors[index].fd, to: stream) {}
        }
        Descriptor.close(output)
        Descriptor.close(errors)
        log.finish()
        observer(.finished)
        leave(nil)
    }

    func letGo() async -> GuardedService.Handle? {
        await withCheckedContinuation { continuation in
            let isOver = phase.withLock { phase in
                guard case .running = phase else { return true }
                phase = .asked(continuation)
                Descriptor.write([0], to: waker.write)
                return false
            }
            if isOver { continuation.resume(returning: nil) }
        }
    }

    private func leave(_ handle: GuardedService.Handle?) {
        let before = phase.withLock { phase in
            let before = phase
            phase = .over
            Descriptor.close(waker.read)
            Descriptor.close(waker.write)
            return before
        }
        if case .asked(let continuation) = before { continuation.resume(returning: handle) }
    }

    private func copy(_ descriptor: Int32, to stream: ProcessLog.Stream) -> Bool {
        guard let bytes = Descriptor.read(descriptor, limit: 64 << 10), !bytes.isEmpty else { return false }
        log.append(bytes, from: stream)
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One run of a service under its guard: its output goes to its log, its fate to the observer.
package struct GuardedService: Sendable {
    package enum Event: Equatable, Sendable {
        case report(GuardReport)
        /// Last of all: the guard is gone, nothing of the service runs, its whole output is in the log.
        case finished
    }

    private let process: GuardedProcess

    /// - Parameter observer: Called from a thread of its own, in order.
    package static func start(
        _ order: GuardOrder, name: String, executable: String, log: ProcessLog,
        observer: @escaping @Sendable (Event) -> Void
    ) throws(ChildProcess.Failure) -> GuardedService {
        guard let output = Descriptor.pipe() else { throw .system(errno, during: "making a pipe") }
        defer { Descriptor.close(output.write) }
        guard let errors = Descriptor.pipe() else {
            Descriptor.close(output.read)
            throw .system(errno, during: "making a pipe")
        }
        defer { Descriptor.close(errors.write) }
        do {
            let process = try GuardedProcess.start(
                order, name: name, executable: executable, descriptors: [-1, output.write, errors.write])
            let pump = Pump(process: process, output: output.read, errors: errors.read, log: log, observer: observer)
            DedicatedThread.start { pump.run() }
            return GuardedService(process: process)
        } catch {
            Descriptor.close(output.read)
            Descriptor.close(errors.read)
            throw error
        }
    }

    /// The guard's process id, below which everything of this run is found.
    package var guardIdentifier: Int32 { process.identifier }
    package func stop() { process.stop() }
    package func kill() { process.kill() }
}

/// Reads what a service writes only as fast as it can be stored: the pipe's own limit slows the service, and memory
/// stays as it is.
private struct Pump: Sendable {
    let process: GuardedProcess
    let output: Int32
    let errors: Int32
    let log: ProcessLog
    let observer: @Sendable (GuardedService.Event) -> Void

    func run() {
        var reports = Reports()
        var descriptors = [output, errors, process.reports].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while descriptors[2].fd >= 0 {
            if poll(&descriptors, nfds_t(descriptors.count), -1) < 0 { continue }
            for (index, stream) in [ProcessLog.Stream.out, .err].enumerated() where descriptors[index].revents != 0 {
                if !copy(descriptors[index].fd, to: stream) { descriptors[index].fd = -1 }
            }
            guard descriptors[2].revents != 0 else { continue }
            if let bytes = Descriptor.read(process.reports, limit: 4096), !bytes.isEmpty {
                for report in reports.feed(bytes) { observer(.report(report)) }
            } else {
                descriptors[2].fd = -1
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
    }

    private func copy(_ descriptor: Int32, to stream: ProcessLog.Stream) -> Bool {
        guard let bytes = Descriptor.read(descriptor, limit: 64 << 10), !bytes.isEmpty else { return false }
        log.append(bytes, from: stream)
        return true
    }
}

/// Puts report lines together from pieces.
private struct Reports {
    private var pending: [UInt8] = []
    private(set) var isComplete = false

    mutating func feed(_ bytes: [UInt8]) -> [GuardReport] {
        pending += bytes
        let lines = pending.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        pending = Array(lines.last ?? [])
        let reports = lines.dropLast().compactMap { GuardReport(line: String(decoding: $0, as: UTF8.self)) }
        if reports.contains(.gone) { isComplete = true }
        return reports
    }
}

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

    /// What another process, or this one again, needs to go on with a service that runs.
    package struct Handle: Codable, Equatable, Sendable {
        package var guardIdentifier: Int32
        /// Of a report, read before the rest of its line had come.
        package var pendingReports: [UInt8]
        /// Control, reports, output, errors; they have other numbers in another process.
        package var descriptors: [Int32]

        /// As many as ``descriptors`` has.
        package static let descriptorCount = 4

        package func close() { descriptors.forEach(Descriptor.close) }
    }

    private let process: GuardedProcess
    private let pump: Pump

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
            return GuardedService(process, output: output.read, errors: errors.read, log: log, observer: observer)
        } catch {
            Descriptor.close(output.read)
            Descriptor.close(errors.read)
            throw error
        }
    }

    /// Goes on with a service that ``letGo()`` has let go of, here or in another process.
    /// - Returns: `nil` when the handle holds no open descriptors.
    package static func adopt(
        _ handle: Handle, log: ProcessLog, observer: @escaping @Sendable (Event) -> Void
    ) -> GuardedService? {
        guard handle.descriptors.count == Handle.descriptorCount else { return nil }
        let process = GuardedProcess(
            identifier: handle.guardIdentifier, control: handle.descriptors[0], reports: handle.descriptors[1])
        return GuardedService(
            process, output: handle.descriptors[2], errors: handle.descriptors[3], log: log,
            pending: handle.pendingReports, observer: observer)
    }

    private init(
        _ process: GuardedProcess, output: Int32, errors: Int32, log: ProcessLog, pending: [UInt8] = [],
        observer: @escaping @Sendable (Event) -> Void
    ) {
        self.process = process
        let pump = Pump(process: process, output: output, errors: errors, log: log, observer: observer)
        self.pump = pump
        DedicatedThread.start { pump.run(pending: pending) }
    }

    /// The guard's process id, below which everything of this run is found.
    package var guardIdentifier: Int32 { process.identifier }
    package func stop() { process.stop() }
    package func kill() { process.kill() }

    /// Stops reading what the service writes; all that was read until then has been stored and observed.
    /// - Returns: What is needed to go on; `nil` when nothing of the service runs any more.
    package func letGo() async -> Handle? { await pump.letGo() }
}

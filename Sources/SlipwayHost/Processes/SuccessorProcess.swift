// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The process that is to take an engine's place, as the engine that started it sees it.
package struct SuccessorProcess: Sendable {
    package let identifier: Int32
    package let channel: DescriptorChannel

    /// The near end is the successor's standard input.
    /// - Parameter errors: Where it writes what no log takes.
    package static func start(
        _ executable: String, _ arguments: [String], errors: Int32 = 2
    ) throws(ChildProcess.Failure) -> SuccessorProcess {
        guard let (near, far) = DescriptorChannel.pair() else { throw .system(errno, during: "making a socket") }
        defer { far.close() }
        var environment = ProcessVariables.all
        environment[GuardSuccession.variable] = nil
        let child = ChildProcess(
            executable, arguments, environment: environment, descriptors: [far.descriptor, -1, errors])
        do {
            // Among the guards, so that nobody takes it for a leftover.
            return SuccessorProcess(identifier: try AdoptedProcesses.starting(child).get(), channel: near)
        } catch {
            near.close()
            throw error
        }
    }

    /// Ends one that has taken nothing over yet; blocks until it is gone.
    package func abandon() {
        channel.close()
        _ = kill(identifier, SIGKILL)
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        AdoptedProcesses.ended(identifier)
    }
}

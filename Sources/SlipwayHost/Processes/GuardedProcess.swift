// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The near end of a guard: its pipes and what can be asked of it.
package struct GuardedProcess: Sendable {
    /// The guard's own id; the program's comes with ``GuardReport/started(_:)``.
    package let identifier: Int32
    let control: Int32
    /// ``GuardReport`` lines; ends when the guard is gone.
    package let reports: Int32

    /// The path under which a running program finds itself, also after the file was replaced by a newer version.
    package static let ownExecutable: String = {
        #if os(Linux)
        "/proc/self/exe"
        #else
        CommandLine.arguments.first ?? "slipway"
        #endif
    }()

    /// Starts a guard and hands it its order.
    /// - Parameters:
    ///   - name: Shown in the process list.
    ///   - executable: A `slipway` binary.
    ///   - descriptors: The program's standard input, output and error; -1 for /dev/null.
    package static func start(
        _ order: GuardOrder, name: String, executable: String = ownExecutable, descriptors: [Int32] = [-1, -1, -1]
    ) throws(ChildProcess.Failure) -> GuardedProcess {
        guard let control = Descriptor.pipe() else { throw .system(errno, during: "making a pipe") }
        guard let reports = Descriptor.pipe() else {
            Descriptor.close(control.read)
            Descriptor.close(control.write)
            throw .system(errno, during: "making a pipe")
        }
        defer {
            Descriptor.close(control.read)
            Descriptor.close(reports.write)
        }
        // The guard needs nothing of the environment but what finds its own libraries.
        var environment: [String: String] = [:]
        if let libraries = getenv("LD_LIBRARY_PATH") { environment["LD_LIBRARY_PATH"] = String(cString: libraries) }
        let guardProcess = ChildProcess(
            executable, ["engine", "guard", name], environment: environment,
            descriptors: descriptors + [control.read, reports.write])
        do {
            let identifier = try AdoptedProcesses.starting(guardProcess).get()
            Descriptor.write(order.encoded, to: control.write)
            return GuardedProcess(identifier: identifier, control: control.write, reports: reports.read)
        } catch {
            Descriptor.close(control.write)
            Descriptor.close(reports.read)
            throw error
        }
    }

    /// Stop signal, grace, SIGKILL.
    package func stop() { Descriptor.write([GuardProcess.stopByte], to: control) }
    /// SIGKILL to everything at once.
    package func kill() { Descriptor.write([GuardProcess.killByte], to: control) }

    /// Closes the pipes of a guard that does not end with its parent.
    package func letGo() {
        Descriptor.close(control)
        Descriptor.close(reports)
    }

    /// Waits for the guard, which must have closed its reports, and frees the pipes. One that was taken over is somebody
    /// else's child, and waited for there.
    package func close() {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        AdoptedProcesses.ended(identifier)
        Descriptor.close(control)
        Descriptor.close(reports)
    }
}

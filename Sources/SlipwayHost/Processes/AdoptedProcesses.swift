// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What the engine inherits when a guard is killed: as a subreaper it becomes the parent of the guard's descendants.
package enum AdoptedProcesses {
    private struct State {
        var isActive = false
        var guards: Set<Int32> = []
    }

    private static let state = Mutex(State())
    private static let patience: Duration = .seconds(5)

    /// From now on every child of this process that is not a guard counts as left over; for the engine alone.
    package static func adopt() {
        state.withLock { $0.isActive = true }
        _ = slipway_become_subreaper()
    }

    /// Starts a guard while nobody can take it for a leftover.
    static func starting(_ child: ChildProcess) -> Result<Int32, ChildProcess.Failure> {
        state.withLock { state in
            let result = child.startResult()
            if case .success(let identifier) = result { state.guards.insert(identifier) }
            return result
        }
    }

    static func ended(_ guardIdentifier: Int32) { _ = state.withLock { $0.guards.remove(guardIdentifier) } }

    /// Kills and reaps everything left over; blocks until nothing is, at most 5 s.
    package static func end() {
        let deadline = ContinuousClock.now + patience
        while endOnce(), ContinuousClock.now < deadline { usleep(10_000) }
    }

    private static func endOnce() -> Bool {
        state.withLock { state in
            guard state.isActive else { return false }
            let tree = ProcessTree.current()
            let leftovers = tree.children(of: getpid()).filter { !state.guards.contains($0) }
            for child in leftovers {
                for process in tree.descendants(of: child) { _ = kill(process, SIGKILL) }
                _ = kill(child, SIGKILL)
                var status: Int32 = 0
                _ = waitpid(child, &status, WNOHANG)
            }
            return !leftovers.isEmpty
        }
    }
}

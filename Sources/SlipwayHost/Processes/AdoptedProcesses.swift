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
        /// Of an engine that has taken over: those above the guards that it has not started itself.
        var elders: [ProcessIdentity] = []
    }

    private static let state = Mutex(State())
    private static let patience: Duration = .seconds(5)

    /// From now on every child of this process that is not a guard counts as left over; for the engine alone.
    package static func adopt() {
        state.withLock { $0.isActive = true }
        _ = slipway_become_subreaper()
    }

    /// Takes over guards that another process has started: when one is killed, its descendants become children of that
    /// process, or, when it has ended, of the guard around both.
    package static func inherit(_ guards: [Int32], elders: [ProcessIdentity]) {
        state.withLock {
            $0.guards.formUnion(guards)
            $0.elders = elders
        }
    }

    /// Nothing is left over here any more: somebody else looks after it.
    package static func leave() { state.withLock { $0.isActive = false } }

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
            // The id of one that has ended may be somebody else's by now.
            let elders = state.elders.filter(\.isAlive).map(\.identifier)
            let known = state.guards.union(elders).union([getpid()])
            let leftovers = ([getpid()] + elders).flatMap(tree.children).filter { !known.contains($0) }
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

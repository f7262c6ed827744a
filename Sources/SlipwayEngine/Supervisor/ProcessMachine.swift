// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The life of one supervised process. Pure: events and the time go in, actions come out.
///
/// Time is a duration since any fixed moment. Events of an earlier run are told apart by the run's number, so late
/// timers and probes do no harm.
struct ProcessMachine: Sendable {
    enum State: String, Codable, Equatable, Sendable {
        case waiting
        case starting
        case ready
        /// Was ready, its probes fail; it is being ended and starts again.
        case unhealthy
        /// Ended; starts again after a pause.
        case backoff
        /// It is being ended for good, because it never became ready.
        case failing
        case failed
        case stopping
        case stopped
    }

    enum Timer: Equatable, Sendable {
        case probe, readyDeadline, restart
    }

    enum Event: Equatable, Sendable {
        /// Everything it depends on is ready.
        case start
        /// The program itself runs now: whatever had to come before it took its time.
        case launched(run: Int)
        case probed(run: Int, isGood: Bool)
        case time(run: Int, Timer)
        /// The program could not be started at all.
        case refused(run: Int)
        /// Nothing of this run is left.
        case ended(run: Int)
        case stop
    }

    enum Action: Equatable, Sendable {
        case spawn(run: Int)
        case probe(run: Int)
        case wake(run: Int, Timer, after: Duration)
        /// Stop signal, grace, SIGKILL to all of it.
        case end
        /// Gather the evidence now, before what follows destroys it.
        case diagnose(Evidence.Trouble)
        /// The last diagnosis does not hold any more.
        case clearDiagnosis
        case note(String)
    }

    private let probe: Probe
    private let policy: RestartPolicy
    private(set) var state = State.waiting
    private(set) var run = 0
    private(set) var restarts = 0
    private(set) var hasBeenReady = false
    /// From the start of the current run, or of the last one that got ready, to its first good probe.
    private(set) var timeToReady: Duration?
    private var startedAt: Duration = .zero
    private var failedProbes = 0
    private var shortRuns = 0

    /// - Parameter run: The last run of a process that this one replaces, so that its late events stay foreign.
    init(probe: Probe, policy: RestartPolicy, after run: Int = 0) {
        self.probe = probe
        self.policy = policy
        self.run = run
    }

    /// All that follows from the events so far, for a machine in another process.
    struct Memory: Codable, Equatable, Sendable {
        var state: State
        var run: Int
        var restarts: Int
        var hasBeenReady: Bool
        var timeToReady: Duration?
        var startedAt: Duration
        var failedProbes: Int
        var shortRuns: Int
    }

    var memory: Memory {
        Memory(
            state: state, run: run, restarts: restarts, hasBeenReady: hasBeenReady, timeToReady: timeToReady,
            startedAt: startedAt, failedProbes: failedProbes, shortRuns: shortRuns)
    }

    init(probe: Probe, policy: RestartPolicy, memory: Memory) {
        self.init(probe: probe, policy: policy, after: memory.run)
        state = memory.state
        restarts = memory.restarts
        hasBeenReady = memory.hasBeenReady
        timeToReady = memory.timeToReady
        startedAt = memory.startedAt
        failedProbes = memory.failedProbes
        shortRuns = memory.shortRuns
    }

    /// What is needed to go on after the timers and the probe under way were lost.
    func resume(at now: Duration) -> [Action] {
        switch state {
        case .starting:
            if case .uptime(let time) = probe.kind {
                return [.wake(run: run, .probe, after: max(.zero, startedAt + time - now))]
            }
            let left = max(.zero, startedAt + probe.deadline - now)
            return [.wake(run: run, .readyDeadline, after: left), .probe(run: run)]
        case .ready: return nextProbe()
        case .backoff: return [.wake(run: run, .restart, after: policy.delay(afterShortRuns: max(shortRuns, 1)))]
        case .waiting, .unhealthy, .failing, .failed, .stopping, .stopped: return []
        }
    }

    /// Nothing more happens by itself.
    var isSettled: Bool { state == .failed || state == .stopped }
    /// A program may be running.
    var isAlive: Bool { [.starting, .ready, .unhealthy, .failing, .stopping].contains(state) }

    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        switch event {
        case .start: state == .waiting ? spawn(at: now) : []
        case .launched(run): launched()
        case .stop: stop()
        case .probed(run, let isGood): probed(isGood, at: now)
        case .time(run, let timer): fired(timer, at: now)
        case .refused(run): refused(at: now)
        case .ended(run): ended(at: now)
        case .launched, .probed, .time, .refused, .ended: []
        }
    }

    private mutating func spawn(at now: Duration) -> [Action] {
        run += 1
        state = .starting
        startedAt = now
        failedProbes = 0
        if case .uptime = probe.kind { return [.spawn(run: run)] }
        return [
            .spawn(run: run), .wake(run: run, .readyDeadline, after: probe.deadline),
            .wake(run: run, .probe, after: probe.interval),
        ]
    }

    /// Staying up counts from here, or a program that cannot be started at all would be ready for a moment on a busy
    /// machine.
    private func launched() -> [Action] {
        guard state == .starting, case .uptime(let time) = probe.kind else { return [] }
        return [.wake(run: run, .probe, after: time)]
    }

    private mutating func fired(_ timer: Timer, at now: Duration) -> [Action] {
        switch (timer, state) {
        case (.probe, .starting), (.probe, .ready):
            if case .uptime = probe.kind { return probed(true, at: now) }
            return [.probe(run: run)]
        case (.readyDeadline, .starting):
            // The first start decides whether the application works at all; later the world may get better.
            state = hasBeenReady ? .unhealthy : .failing
            return [.diagnose(.neverReady), .end]
        case (.restart, .backoff):
            restarts += 1
            return spawn(at: now)
        default: return []
        }
    }

    private mutating func probed(_ isGood: Bool, at now: Duration) -> [Action] {
        switch (state, isGood) {
        case (.starting, true):
            state = .ready
            hasBeenReady = true
            timeToReady = now - startedAt
            return [.clearDiagnosis, .note("ready after \(Self.seconds(now - startedAt))")] + nextProbe()
        case (.starting, false): return [.wake(run: run, .probe, after: probe.interval)]
        case (.ready, true):
            failedProbes = 0
            return nextProbe()
        case (.ready, false):
            failedProbes += 1
            guard failedProbes >= probe.failureThreshold else { return nextProbe() }
            state = .unhealthy
            return [.diagnose(.unhealthy), .end]
        default: return []
        }
    }

    private func nextProbe() -> [Action] {
        if case .uptime = probe.kind { return [] }
        return [.wake(run: run, .probe, after: probe.interval * 10)]
    }

    private mutating func refused(at now: Duration) -> [Action] {
        guard state == .starting else { return ended(at: now) }
        guard hasBeenReady else {
            // What is missing does not appear by trying again.
            state = .failed
            return [.diagnose(.refused)]
        }
        return [.diagnose(.refused)] + restart(at: now)
    }

    private mutating func ended(at now: Duration) -> [Action] {
        switch state {
        case .starting, .ready: return [.diagnose(.exited)] + restart(at: now)
        case .unhealthy: return restart(at: now)
        case .failing:
            state = .failed
            return []
        case .stopping:
            state = .stopped
            return []
        case .waiting, .backoff, .failed, .stopped: return []
        }
    }

    private mutating func restart(at now: Duration) -> [Action] {
        if now - startedAt >= policy.stableAfter { shortRuns = 0 } else { shortRuns += 1 }
        if shortRuns >= policy.crashLoopAfter {
            state = .failed
            return [.diagnose(.crashLoop(runs: shortRuns))]
        }
        state = .backoff
        let delay = policy.delay(afterShortRuns: max(shortRuns, 1))
        return [.note("starts again in \(Self.seconds(delay))"), .wake(run: run, .restart, after: delay)]
    }

    private mutating func stop() -> [Action] {
        switch state {
        case .waiting, .backoff:
            state = .stopped
            return []
        case .starting, .ready:
            state = .stopping
            return [.end]
        case .unhealthy, .failing:
            state = .stopping
            return []
        // A verdict outlives the end, for those who ask why.
        case .stopping, .stopped, .failed: return []
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        return milliseconds < 1000 ? "\(milliseconds) ms" : "\(milliseconds / 100 / 10).\(milliseconds / 100 % 10) s"
    }
}

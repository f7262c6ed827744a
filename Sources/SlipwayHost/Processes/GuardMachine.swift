// SPDX-License-Identifier: Apache-2.0

/// When a guard sends which signal to whom. Pure: time is passed in, counted from any fixed moment.
package struct GuardMachine: Equatable, Sendable {
    package enum Event: Equatable, Sendable {
        /// Asked by the parent, by a signal, or by the parent's end.
        case stop
        case kill
        /// The program itself was reaped; `othersLeft` says whether descendants still run.
        case programEnded(othersLeft: Bool)
        case nothingLeft
        case time
    }

    package enum Action: Equatable, Sendable {
        /// The stop signal to the program alone, as a container engine does: masters end their workers in order.
        case askProgram
        /// SIGTERM to everything that is left.
        case terminateAll
        /// SIGKILL to everything that is left.
        case killAll
        case finish
    }

    private enum Phase: Equatable {
        case running
        case asked(terminateAt: Duration, killAt: Duration)
        case terminating(killAt: Duration)
        case killing(nextAt: Duration, giveUpAt: Duration)
        case finished
    }

    /// Between two rounds of SIGKILL: a process can fork between our look at the tree and the signal.
    static let killPeriod: Duration = .milliseconds(20)
    /// A process in an uninterruptible wait (a dead network disk) survives SIGKILL; nobody waits for it longer.
    static let killPatience: Duration = .seconds(10)

    private let grace: Duration
    private var phase = Phase.running

    package init(grace: Duration) { self.grace = grace }

    /// When to send ``Event/time`` at the latest.
    package var wakeUp: Duration? {
        switch phase {
        case .running, .finished: nil
        case .asked(let terminateAt, _): terminateAt
        case .terminating(let killAt): killAt
        case .killing(let nextAt, _): nextAt
        }
    }

    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        switch (phase, event) {
        case (.finished, _): return []
        case (_, .nothingLeft), (_, .programEnded(othersLeft: false)):
            phase = .finished
            return [.finish]
        case (.killing, .kill), (.killing, .stop), (.killing, .programEnded): return []
        case (_, .kill): return kill(at: now)
        case (.running, .stop):
            phase = .asked(terminateAt: now + grace / 2, killAt: now + grace)
            return [.askProgram]
        case (.running, .programEnded):
            phase = .terminating(killAt: now + grace)
            return [.terminateAll]
        case (.asked(_, let killAt), .programEnded):
            phase = .terminating(killAt: killAt)
            return [.terminateAll]
        case (.asked(let terminateAt, let killAt), .time) where now >= terminateAt:
            phase = .terminating(killAt: killAt)
            return [.terminateAll]
        case (.terminating(let killAt), .time) where now >= killAt: return kill(at: now)
        case (.killing(let nextAt, let giveUpAt), .time) where now >= nextAt:
            if now >= giveUpAt {
                phase = .finished
                return [.finish]
            }
            phase = .killing(nextAt: now + Self.killPeriod, giveUpAt: giveUpAt)
            return [.killAll]
        default: return []
        }
    }

    private mutating func kill(at now: Duration) -> [Action] {
        phase = .killing(nextAt: now + Self.killPeriod, giveUpAt: now + Self.killPatience)
        return [.killAll]
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

/// A supervisor at rest: nothing starts, nothing ends, and what the guards say is kept.
struct SupervisorFreeze {
    /// What came while the services were let go of.
    var kept: [Supervisor.Input] = []
    /// Whether everything that the services have said has come.
    var isComplete = false
    /// Whether another engine has taken over.
    var isAbandoned = false
    var resting: CheckedContinuation<Void, Never>?
    var waiting: CheckedContinuation<Void, Never>?
}

extension Supervisor {
    /// All processes as they are, for the engine that takes over.
    struct Memory: Codable, Equatable, Sendable {
        /// What a service has said last, or the end of it.
        struct Event: Codable, Equatable, Sendable {
            var name: String
            var run: Int
            /// A ``GuardReport`` line; `nil` when nothing of the run is left.
            var report: String?
        }

        /// See ``Supervisor/age``.
        var age: Duration
        var slots: [Slot.Memory]
        var events: [Event]
    }

    /// Stops deciding and lets go of all services; ``thaw(_:)`` or ``abandon(_:)`` must follow.
    func beginFreeze() async -> Memory {
        freeze = SupervisorFreeze()
        var handles: [String: GuardedService.Handle] = [:]
        for (name, slot) in slots {
            handles[name] = await slot.service?.letGo()
        }
        // What the services' threads have said lies before it.
        tell(.frozen)
        if freeze?.isComplete == false { await withCheckedContinuation { freeze?.waiting = $0 } }
        let events = (freeze?.kept ?? []).compactMap { input -> Memory.Event? in
            switch input {
            case .service(let name, let run, .report(let report)):
                Memory.Event(name: name, run: run, report: report.line)
            case .service(let name, let run, .finished): Memory.Event(name: name, run: run, report: nil)
            case .evaluate, .machine, .probed, .frozen, .resume: nil
            }
        }
        return Memory(
            age: age, slots: specs.compactMap { slots[$0.name]?.memory(handles[$0.name]) }, events: events)
    }

    /// Goes on as if nothing had been.
    func thaw(_ memory: Memory) {
        let kept = freeze?.kept ?? []
        readopt(memory)
        let resting = freeze?.resting
        freeze = nil
        for input in kept { tell(input) }
        resting?.resume()
    }

    /// Another engine has them all now: ends ``run()`` and leaves the services alone.
    func abandon(_ memory: Memory) {
        for slot in memory.slots { slot.service?.close() }
        freeze?.isAbandoned = true
        freeze?.resting?.resume()
        freeze?.resting = nil
        tell(.evaluate)
    }

    /// Goes on with what another engine's supervisor has let go of; call ``run()`` next.
    func adopt(_ memory: Memory) {
        AdoptedProcesses.adopt()
        // The beginning of a line before the rest of it is read.
        for slot in memory.slots { slots[slot.name]?.log.restore(slot.log) }
        readopt(memory)
        for slot in memory.slots { tell(.resume(slot.name)) }
        for event in memory.events {
            let report = event.report.flatMap { GuardReport(line: $0) }
            guard event.report == nil || report != nil else { continue }
            tell(.service(event.name, run: event.run, report.map { .report($0) } ?? .finished))
        }
    }

    private func readopt(_ memory: Memory) {
        for slot in memory.slots {
            guard let handle = slot.service, let known = slots[slot.name] else { continue }
            slots[slot.name]?.service = GuardedService.adopt(
                handle, log: known.log, observer: observer(of: slot.name, known.machine.run))
        }
    }

    var isAbandoned: Bool { freeze?.isAbandoned ?? false }

    /// - Returns: Whether the input waits for the one who goes on.
    func keeps(_ input: Input) -> Bool {
        guard freeze != nil else { return false }
        if case .frozen = input {
            freeze?.isComplete = true
            freeze?.waiting?.resume()
            freeze?.waiting = nil
        } else {
            freeze?.kept.append(input)
        }
        return true
    }

    /// Holds the loop once everything has come.
    func restWhileFrozen() async {
        guard let freeze, freeze.isComplete, !freeze.isAbandoned else { return }
        await withCheckedContinuation { self.freeze?.resting = $0 }
    }
}

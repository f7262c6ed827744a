// SPDX-License-Identifier: Apache-2.0

/// The course of one deploy. Pure: what happened goes in, what to do next comes out.
///
/// Its whole state follows from the journal, so a deploy that was killed goes on, or is taken back, as if it had only
/// paused. Whoever drives it writes an entry before each action and one after it.
package struct DeployMachine: Equatable, Sendable {
    /// What happened.
    package enum Event: Equatable, Sendable {
        case done
        case failed(String)
        /// Somebody wants it to end.
        case stop(String)
    }

    /// What to do next.
    package enum Action: Equatable, Sendable {
        case perform(step: Int)
        /// What takes the step back, whether it was finished or only begun.
        case undo(step: Int)
        case end(DeployOutcome)
    }

    private enum Direction: Equatable, Sendable {
        case forward
        case back(String)
    }

    package let plan: DeployPlan
    private var direction = Direction.forward
    /// The step under way or next; going back, the step to be undone next.
    private var position = 0
    /// Steps whose beginning was journaled and that were not undone.
    private var begun: Set<Int> = []
    /// What could not be done and did not matter enough to stop.
    package private(set) var remarks: [String] = []

    package init(_ plan: DeployPlan) { self.plan = plan }

    /// Where a deploy stands whose journal this is.
    package init(_ plan: DeployPlan, entries: some Sequence<DeployJournal.Entry>) {
        self.init(plan)
        for entry in entries {
            switch entry {
            case .plan, .token, .end: break
            case .begin(let step):
                begun.insert(step)
                position = step
            case .done(let step): position = step + 1
            case .back(let reason):
                direction = .back(reason)
                position = plan.steps.count - 1
            case .undone(let step):
                begun.remove(step)
                position = step - 1
            }
        }
    }

    /// Whether it can still be taken back.
    package var canGoBack: Bool { position < plan.pointOfNoReturn }
    package var isGoingBack: Bool { direction != .forward }
    /// Whether a step of this phase was begun and not undone.
    package func hasBegun(_ phase: DeployPhase) -> Bool { begun.contains { plan.steps[$0].phase == phase } }

    /// The phase under way, for people.
    package var phase: DeployPhase {
        plan.steps.indices.contains(position) ? plan.steps[position].phase : plan.steps.last?.phase ?? .prepare
    }

    /// What to do now.
    package mutating func next() -> Action {
        switch direction {
        case .forward:
            guard position < plan.steps.count else { return .end(.live) }
            begun.insert(position)
            return .perform(step: position)
        case .back(let reason):
            position = min(position, plan.steps.count - 1)
            while position >= 0, !begun.contains(position) || plan.steps[position].undo.isEmpty { position -= 1 }
            return position >= 0 ? .undo(step: position) : .end(.undone(reason))
        }
    }

    /// Takes note of how the last action went, and says what to do now.
    package mutating func handle(_ event: Event) -> Action {
        switch (direction, event) {
        case (.forward, .done): position += 1
        case (.forward, .failed(let reason)):
            guard canGoBack else {
                // The new release has the requests and has proved itself; what is left is tidying up.
                remarks.append(reason)
                position += 1
                break
            }
            direction = .back(reason)
        case (.forward, .stop(let reason)): if canGoBack { direction = .back(reason) }
        case (.back, .done):
            begun.remove(position)
            position -= 1
        case (.back, .failed(let reason)):
            // The rest of the way back matters more than one step of it.
            remarks.append(reason)
            begun.remove(position)
            position -= 1
        case (.back, .stop): break
        }
        return next()
    }
}

/// How a deploy ended, before anybody judged why.
package enum DeployOutcome: Codable, Equatable, Sendable {
    case live
    case undone(String)
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Takes a deploy through its machine: journals, performs, times, and goes back when it must.
package struct DeployDriver: Sendable {
    /// Does one action; throws when it cannot.
    package typealias Perform = @Sendable (DeployAction) async throws -> Void

    /// How a deploy ended.
    package struct Ending: Sendable {
        package var outcome: DeployOutcome
        /// What made it go back.
        package var error: (any Error)?
        /// Seconds by phase.
        package var phases: [String: Double]
        package var remarks: [String]
    }

    private let journal: DeployJournal
    private let report: DeployEventHandler
    private let perform: Perform

    package init(journal: DeployJournal, report: @escaping DeployEventHandler, perform: @escaping Perform) {
        self.journal = journal
        self.report = report
        self.perform = perform
    }

    /// - Throws: ``SlipwayError`` `leaseLost` alone: then somebody else decides, and nothing is undone here.
    package func run(_ machine: DeployMachine) async throws -> Ending {
        var machine = machine
        var ending = Ending(outcome: .live, phases: [:], remarks: [])
        var shown: DeployPhase?
        var action = machine.next()
        while true {
            let event: DeployMachine.Event
            switch action {
            case .end(let outcome):
                ending.outcome = outcome
                ending.remarks = machine.remarks
                // Without this line the next command would find an unfinished deploy whose end changes nothing.
                try? journal.append(.end(outcome))
                return ending
            case .perform(let index):
                let step = machine.plan.steps[index]
                if shown != step.phase { report(.phase(step.phase)) }
                shown = step.phase
                let began = SystemClock.steady.now
                do {
                    try await forward(step, index)
                    event = .done
                } catch let error as SlipwayError where error.code == .leaseLost {
                    throw error
                } catch {
                    ending.error = ending.error ?? error
                    event = Self.event(error)
                }
                let seconds = (SystemClock.steady.now - began).milliseconds / 1000
                ending.phases[step.phase.rawValue, default: 0] += seconds
            case .undo(let index): event = await back(machine.plan.steps[index], index)
            }
            let wasGoingBack = machine.isGoingBack
            action = machine.handle(event)
            if !wasGoingBack, machine.isGoingBack, let reason = Self.reason(event) {
                try? journal.append(.back(reason))
            }
        }
    }

    private func forward(_ step: DeployStep, _ index: Int) async throws {
        try Task.checkCancellation()
        try journal.append(.begin(step: index))
        let title = step.action.description
        let began = SystemClock.steady.now
        report(.started(step: title, command: nil))
        do {
            try await perform(step.action)
            try journal.append(.done(step: index))
        } catch {
            report(.finished(step: title, .failed, after: SystemClock.steady.now - began))
            throw error
        }
        report(.finished(step: title, .done, after: SystemClock.steady.now - began))
    }

    /// In a task of its own: a cancelled one could not ask the engine any more.
    private func back(_ step: DeployStep, _ index: Int) async -> DeployMachine.Event {
        let (journal, report, perform) = (journal, report, perform)
        return await Task { () -> DeployMachine.Event in
            var failure: String?
            for action in step.undo {
                let began = SystemClock.steady.now
                do {
                    try await perform(action)
                    report(.finished(step: action.description, .done, after: SystemClock.steady.now - began))
                } catch let error as SlipwayError where error.code == .notRunning || error.code == .engineUnreachable {
                    // With the engine everything that it ran is gone too.
                } catch {
                    failure = "\(action): \(Self.text(error))"
                    report(.finished(step: action.description, .failed, after: SystemClock.steady.now - began))
                }
            }
            try? journal.append(.undone(step: index))
            return failure.map { .failed($0) } ?? .done
        }.value
    }

    private static func event(_ error: any Error) -> DeployMachine.Event {
        error is CancellationError || Task.isCancelled ? .stop("it was interrupted") : .failed(text(error))
    }

    private static func reason(_ event: DeployMachine.Event) -> String? {
        switch event {
        case .failed(let reason), .stop(let reason): reason
        case .done: nil
        }
    }

    private static func text(_ error: any Error) -> String { (error as? SlipwayError)?.message ?? "\(error)" }
}

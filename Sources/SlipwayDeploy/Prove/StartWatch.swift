// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Waits until every service is ready or can no longer become so.
struct StartWatch: Sendable {
    let trial: Trial
    let complaint: [String]

    func wait() async throws -> TrialStart {
        let stack = trial.stack
        let tasks = Set(trial.project.tasks.map(\.name))
        let begin = SystemClock.steady.now
        // Twice the limit, so that a slow start is measured and not only refused.
        let deadline = begin + trial.limits.start * 2
        var ready: [String: Duration] = [:]
        var last: [ContainerFacts] = []
        while SystemClock.steady.now < deadline {
            last = try await stack.containers()
            for facts in last where ready[facts.service] == nil {
                if Self.isReady(facts, isTask: tasks.contains(facts.service)) {
                    ready[facts.service] = Self.time(facts) ?? (SystemClock.steady.now - begin)
                }
            }
            let isOver = last.allSatisfy { facts in
                ready[facts.service] != nil
                    || (!facts.isRunning && facts.status != "created" && facts.status != "restarting")
            }
            if !last.isEmpty, isOver || (!complaint.isEmpty && !last.contains { $0.health == "starting" }) { break }
            try await SystemClock.steady.sleep(for: .milliseconds(200))
        }
        // A process without a health check that ends at once was never up.
        try await SystemClock.steady.sleep(for: .milliseconds(500))
        var services: [TrialStart.Service] = []
        for facts in try await stack.containers() {
            let isTask = tasks.contains(facts.service)
            let isStill = Self.isReady(facts, isTask: isTask)
            let lines = isStill ? [] : try await stack.logs(facts.identifier)
            services.append(
                TrialStart.Service(
                    name: facts.service, ready: isStill ? ready[facts.service] : nil, facts: facts, lastLines: lines))
        }
        return TrialStart(services: services, complaint: complaint)
    }

    private static func isReady(_ facts: ContainerFacts, isTask: Bool) -> Bool {
        if isTask { return facts.status == "exited" && facts.exitCode == 0 }
        guard facts.isRunning, facts.restartCount == 0 else { return false }
        return facts.health.map { $0 == "healthy" } ?? true
    }

    /// From the container's start to the end of its first good check, or to the end of a task, by the engine's clock.
    private static func time(_ facts: ContainerFacts) -> Duration? {
        let good = facts.healthLog.first { $0["ExitCode"]?.int == 0 }
        let end = good?["End"]?.text ?? (facts.isRunning ? nil : facts.node.at("State", "FinishedAt")?.text)
        guard let end else { return facts.health == nil ? .zero : nil }
        guard let from = EngineTime.seconds(facts.startedAt), let to = EngineTime.seconds(end) else { return nil }
        return .milliseconds(Int(max(0, to - from) * 1000))
    }
}

/// Times of the engine, `2026-11-21T04:00:00.123456789Z` or with an offset.
enum EngineTime {
    /// Since some fixed moment; only differences of less than a month mean something.
    static func seconds(_ text: String) -> Double? {
        let parts = text.split(whereSeparator: { "-T:".contains($0) })
        guard parts.count >= 6, let day = Double(parts[2]), let hour = Double(parts[3]), let minute = Double(parts[4])
        else { return nil }
        let second = parts[5].prefix { $0.isNumber || $0 == "." }
        guard let second = Double(second) else { return nil }
        // Both times come from one engine, so its offset is the same in both; across a month's end one day is taken.
        return ((day * 24 + hour) * 60 + minute) * 60 + second
    }
}

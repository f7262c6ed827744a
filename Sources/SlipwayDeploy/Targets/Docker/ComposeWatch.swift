// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// Waits until everything that a Compose project started is well.
///
/// Not `compose up --wait`: it takes a migration that has ended for a failure in some versions, and a service whose
/// check is switched off in others (https://github.com/docker/compose/issues/10596).
struct ComposeWatch: Sendable {
    /// After the last container was started; a database that recovers takes minutes.
    static let usualDeadline = Duration.seconds(300)
    /// What is restarted so often will not come up.
    private static let mostRestarts = 3

    let docker: Docker
    /// The Compose project's name.
    let project: String

    enum Verdict: Equatable { case well, waiting, failed(String) }

    /// - Returns: What is wrong, by service; empty when all is well.
    func wait(within limit: Duration = Self.usualDeadline) async throws -> [String] {
        let end = SystemClock.steady.now + limit
        var states: [(service: String, verdict: Verdict)] = []
        repeat {
            states = try await ComposeContainers(docker: docker, project: project).all().map {
                ($0.service, Self.judge($0))
            }
            let failures = states.compactMap { state in
                if case .failed(let reason) = state.verdict { "\(state.service) \(reason)" } else { String?.none }
            }
            if !failures.isEmpty { return failures }
            if !states.isEmpty, states.allSatisfy({ $0.verdict == .well }) { return [] }
            try await SystemClock.steady.sleep(for: .milliseconds(300))
        } while SystemClock.steady.now < end
        let slow = states.filter { $0.verdict == .waiting }.map { "\($0.service) is not healthy after \(limit)" }
        return slow.isEmpty ? ["no container was started"] : slow
    }

    static func judge(_ facts: ContainerFacts) -> Verdict {
        switch facts.status {
        case "running":
            if facts.restartCount >= mostRestarts { return .failed("is restarted again and again") }
            // A check that is switched off reports no state, or none that means something.
            switch facts.health ?? "none" {
            case "healthy", "none", "": return .well
            case "unhealthy": return .failed("is unhealthy")
            default: return .waiting
            }
        case "exited":
            if facts.exitCode == 0 { return .well }
            let isRestarted = !facts.restartPolicy.isEmpty && facts.restartPolicy != "no"
            if isRestarted, facts.restartCount < mostRestarts { return .waiting }
            return .failed("ended with exit code \(facts.exitCode)")
        case "dead": return .failed("is dead")
        case "restarting" where facts.restartCount >= mostRestarts: return .failed("is restarted again and again")
        default: return .waiting
        }
    }
}

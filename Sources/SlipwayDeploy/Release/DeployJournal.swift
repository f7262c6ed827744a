// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the deploy under way has done and was about to do, on the disk before it is done.
package struct DeployJournal: Sendable {
    package enum Entry: Codable, Equatable, Sendable {
        case plan(DeployPlan)
        /// A command with this lease goes on with it.
        case token(Int)
        case begin(step: Int)
        case done(step: Int)
        /// From here on it is taken back, for this reason.
        case back(String)
        case undone(step: Int)
        case end(DeployOutcome)
    }

    private let log: RecordLog

    package init(_ paths: StatePaths) { log = RecordLog(path: paths.deployJournal) }

    /// The entries of the deploy that was begun last; none after a clean end or when there never was one.
    package func unfinished() -> (plan: DeployPlan, entries: [Entry])? {
        let entries = log.read().lines.compactMap {
            try? JSONDecoder().decode(Entry.self, from: Data($0.utf8))
        }
        guard case .plan(let plan)? = entries.first else { return nil }
        let isFinished = entries.contains { if case .end = $0 { true } else { false } }
        return isFinished ? nil : (plan, entries)
    }

    /// Begins the journal of a new deploy.
    package func start(_ plan: DeployPlan, token: Int) throws {
        try log.clear()
        try append(.plan(plan))
        try append(.token(token))
    }

    /// On the disk when it returns.
    package func append(_ entry: Entry) throws {
        try log.append(String(decoding: try JSONEncoder().encode(entry), as: UTF8.self))
    }
}

extension StatePaths {
    /// One folder a release.
    package var releases: String { root + "/releases" }
    /// The deploy under way.
    package var deployJournal: String { root + "/deploy.journal" }
    /// Who may change releases now.
    package var deployLease: String { root + "/deploy.lease" }
}

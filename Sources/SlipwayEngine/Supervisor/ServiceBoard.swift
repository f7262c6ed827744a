// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import Synchronization

/// The newest state of each process, for the edge, which cannot wait for an actor in the middle of a request.
final class ServiceBoard: Sendable {
    private struct Entry {
        var state: ProcessStatus.State
        var cause: String?
    }

    private let entries = Mutex<[String: Entry]>([:])

    func post(_ statuses: [ProcessStatus]) {
        let new = Dictionary(statuses.map { ($0.name, Entry(state: $0.state, cause: $0.diagnosis?.likelyCause)) }) {
            first, _ in first
        }
        entries.withLock { $0 = new }
    }

    func condition(of name: String) -> ServiceCondition {
        guard let entry = entries.withLock({ $0[name] }) else { return .ready }
        return switch entry.state {
        case .ready: .ready
        case .waiting, .starting: .starting
        case .unhealthy, .backoff, .failed, .stopping, .stopped:
            .down(reason: entry.cause ?? "it is \(entry.state.rawValue)")
        }
    }
}

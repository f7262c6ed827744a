// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// What one client has taken: its open connections, and a token bucket for its requests.
final class ClientAccount {
    let address: IPAddress
    var connections = 0
    private var tokens: Double
    private var filled: NIODeadline

    init(_ address: IPAddress, _ rules: ClientRules, at now: NIODeadline) {
        self.address = address
        tokens = rules.capacity
        filled = now
    }

    /// - Returns: `nil` when the request may pass, or the whole seconds until one may.
    func take(at now: NIODeadline, _ rules: ClientRules) -> Int? {
        guard let rate = rules.requestsPerSecond else { return nil }
        refill(at: now, rate, rules)
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return max(1, Int(((1 - tokens) / max(rate, 0.001)).rounded(.up)))
    }

    /// It tells nothing that a new one would not.
    func isForgettable(at now: NIODeadline, _ rules: ClientRules) -> Bool {
        guard connections == 0 else { return false }
        guard let rate = rules.requestsPerSecond else { return true }
        refill(at: now, rate, rules)
        return tokens >= rules.capacity
    }

    private func refill(at now: NIODeadline, _ rate: Double, _ rules: ClientRules) {
        let seconds = Double((now - filled).nanoseconds) / 1e9
        tokens = min(rules.capacity, tokens + seconds * rate)
        filled = now
    }
}

/// The accounts of one event loop's clients. With several loops each counts by itself.
struct ClientLedger {
    let rules: ClientRules
    /// Requests and connections refused so far.
    var refusals = 0
    private var accounts: [IPAddress: ClientAccount] = [:]

    init(_ rules: ClientRules) { self.rules = rules }

    mutating func open(_ address: IPAddress, at now: NIODeadline) -> ClientAccount {
        let key = address.customer
        let account = accounts[key] ?? ClientAccount(key, rules, at: now)
        accounts[key] = account
        account.connections += 1
        return account
    }

    /// Forgets who is gone, so that a scan of the whole internet leaves nothing behind.
    mutating func sweep(at now: NIODeadline) {
        let rules = rules
        accounts = accounts.filter { !$0.value.isForgettable(at: now, rules) }
    }
}

extension ClientRules {
    fileprivate var capacity: Double { Double(max(1, burst ?? Int((requestsPerSecond ?? 1).rounded(.up)))) }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The engine of one application as a deploy sees it: whether it runs, and a client that speaks for one lease.
struct LocalEngine: Sendable {
    /// A database writes what it holds first.
    private static let stopDeadline = Duration.seconds(120)

    let paths: StatePaths
    let token: Int

    /// What it says of itself; `nil` when none runs.
    /// - Throws: ``SlipwayError`` `engineUnreachable` when one holds the lock and does not answer.
    func observe() async throws -> EngineStatus? {
        let deadline = SystemClock.steady.now + .seconds(20)
        while EngineLock.isHeld(paths.lock) {
            if let client, let status = try? await client.status() {
                guard status.phase == .stopping || status.phase == .failed else { return status }
            }
            guard SystemClock.steady.now < deadline else {
                throw SlipwayError(
                    .engineUnreachable, "the engine holds its lock and does not answer", hint: "slipway status")
            }
            try await SystemClock.steady.sleep(for: .milliseconds(50))
        }
        return nil
    }

    var isRunning: Bool { EngineLock.isHeld(paths.lock) }

    func perform(_ request: EngineRequest, deadline: Duration) async throws {
        try await connected().perform(.fenced(token: token, request), deadline: deadline)
    }

    func send(_ request: EngineRequest, deadline: Duration) async throws -> EngineReply {
        try await connected().send(.fenced(token: token, request), deadline: deadline)
    }

    func traffic() async throws -> [UpstreamTraffic] {
        guard case .traffic(let traffic) = try await connected().send(.traffic) else { return [] }
        return traffic
    }

    func stop() async throws {
        guard isRunning else { return }
        try? await client?.perform(.stop, deadline: Self.stopDeadline)
        let deadline = SystemClock.steady.now + Self.stopDeadline
        while isRunning, SystemClock.steady.now < deadline {
            try await SystemClock.steady.sleep(for: .milliseconds(20))
        }
    }

    private var client: EngineClient? { EngineRecord.read(paths).map { EngineClient(socketPath: $0.socketPath) } }

    private func connected() throws -> EngineClient {
        guard isRunning, let client else {
            throw SlipwayError(.notRunning, "the engine has ended", hint: "slipway resume")
        }
        return client
    }
}

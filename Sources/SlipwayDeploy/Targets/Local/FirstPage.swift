// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayHost

/// Asks a service without a health path for `/` once, as a visitor does, before people are told that it is ready.
///
/// A server whose processes die when they load the application listens all the same: its first process holds the port.
/// Any answer is good enough, because nobody knows what `/` should be; what looks wrong is said.
package struct FirstPage: Sendable {
    /// For a server to start the processes that answer, from when it listens.
    private static let deadline = Duration.seconds(20)
    /// A first page may load what later ones have.
    private static let patience = Duration.seconds(10)
    private static let pause = Duration.milliseconds(250)

    package enum Finding: Equatable, Sendable {
        case good
        /// It works, and people should know this.
        case doubtful(String)
        case dead
    }

    let service: String
    let port: UInt16
    /// `localhost:8080`: what a visitor's browser sends.
    let host: String

    /// - Parameter isAlive: Whether the process still has a future; throws its own diagnosis.
    package func ask(isAlive: () async throws -> Void) async throws -> Finding {
        let end = SystemClock.steady.now + Self.deadline
        while true {
            let call = HTTPCall("GET", "/", port: port, headers: ["Host": host], deadline: Self.patience)
            let finding = Self.finding(await call.outcome(), of: service, host: host)
            guard finding == .dead else { return finding }
            try await isAlive()
            guard SystemClock.steady.now < end else { return .dead }
            try await SystemClock.steady.sleep(for: Self.pause)
        }
    }

    package static func finding(_ outcome: HTTPCall.Outcome, of service: String, host: String) -> Finding {
        switch outcome {
        case .closed: return .dead
        case .foreign: return .good
        case .silent: return .doubtful("\(service) takes GET / and says nothing for \(patience.components.seconds) s")
        case .reply(let reply):
            if reply.status == 400 {
                return .doubtful(
                    "\(service) answers 400 to GET / for \(host); does its list of allowed hosts hold that name?")
            }
            guard reply.status >= 500 else { return .good }
            return .doubtful("\(service) answers \(reply.status) to GET /; why: slipway logs \(service)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR032. Every deploy ends every process; a shell as first process swallows SIGTERM and each deploy loses requests.
    static let stopsGracefully = ProofRule("PR032", .disruptive, "SIGTERM finishes open requests and ends in time") {
        trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            let grace = unit.gracePeriod.flatMap(Self.seconds) ?? trial.limits.grace.seconds
            let port = try await trial.stack.address(of: unit.name)
            let slow =
                if let port { try await SlowRequest.find(for: unit, port: port, trial) } else { SlowRequest?.none }
            async let answer = slow?.call.perform()
            if slow != nil { try await SystemClock.steady.sleep(for: .milliseconds(500)) }
            let begin = SystemClock.steady.now
            _ = try await trial.docker.answer(
                ["stop", "--time", "\(Int(grace))", facts.identifier], deadline: .seconds(grace + 30))
            let spent = SystemClock.steady.now - begin
            let reply = await answer
            let ended = try await trial.stack.inspect(facts.identifier)
            let code = ended?.exitCode ?? -1
            _ = try await trial.docker.answer(["start", facts.identifier])
            _ = try await trial.stack.wait(for: unit.name, within: .seconds(60)) {
                $0.isRunning && ($0.health ?? "healthy") == "healthy"
            }
            // 143 is 128 + SIGTERM: ended by the signal itself, in time.
            let isClean = code == 0 || code == 143
            let isAnswered = slow == nil || reply?.status == slow?.status
            let request =
                slow.map { "POST \($0.path) was in flight: \(reply.shown)" } ?? "no request could be kept open"
            measurements.append(
                .verdict(
                    isClean && isAnswered, service: unit.name,
                    value:
                        "\(Figure.seconds(spent)), exit code \(code), \(slow == nil ? "nothing in flight" : isAnswered ? "request finished" : "request lost")",
                    limit: "\(Int(grace)) s, exit code 0 or 143, request finished",
                    evidence: [request, "signal \(facts.stopSignal)"],
                    diagnosis: code == 137
                        ? "the process did not end by itself: start it with exec, or handle SIGTERM"
                        : "let the server finish open requests before it ends (a graceful timeout above zero)"))
        }
        return measurements
    }

    /// Compose's durations: `1m30s`, `10s`, `500ms`.
    private static func seconds(_ text: String) -> Double? {
        var total = 0.0
        var digits = ""
        var unit = ""
        func value() -> Double? { Double(digits).map { $0 * (["h": 3600, "m": 60, "s": 1, "ms": 0.001][unit] ?? 1) } }
        for character in text {
            if character.isNumber || character == "." {
                if !unit.isEmpty {
                    guard let part = value() else { return nil }
                    total += part
                    (digits, unit) = ("", "")
                }
                digits.append(character)
            } else {
                unit.append(character)
            }
        }
        return value().map { total + $0 }
    }
}

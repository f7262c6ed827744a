// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR016. A server that listens on localhost inside its container is reached by nobody.
    static let portAnswers = ProofRule("PR016", .running, "every server answers on its port from outside its container")
    { trial in
        var measurements: [Measurement] = []
        for unit in trial.servers {
            guard let port = trial.stack.webPort(of: unit.name), let facts = try await trial.stack.container(unit.name)
            else { continue }
            let path = trial.healthPath(of: unit) ?? "/"
            let reply = try await trial.stack.request("GET", path, of: unit.name)
            let sockets = try await ListeningSocket.all(of: facts, on: trial.stack)
            let onlyLoopback =
                sockets.contains { $0.port == port && $0.isLoopback }
                && !sockets.contains { $0.port == port && !$0.isLoopback }
            measurements.append(
                .verdict(
                    reply.map { $0.status < 500 } ?? false, service: unit.name, value: "port \(port): \(reply.shown)",
                    limit: "any answer below 500",
                    evidence: ["GET \(path)"] + sockets.map { "listens on \($0.address):\($0.port)" },
                    diagnosis: onlyLoopback
                        ? "it listens on 127.0.0.1 only; bind 0.0.0.0 in a container"
                        : "the port that the files name and the one that it listens on differ"))
        }
        return measurements.isEmpty ? [.skip("no service has a port")] : measurements
    }
}

/// A TCP port that a container listens on, from proc(5).
struct ListeningSocket: Equatable, Sendable {
    let address: String
    let port: UInt16
    let isLoopback: Bool

    static func all(of facts: ContainerFacts, on stack: TrialStack) async throws -> [ListeningSocket] {
        let process = facts.processIdentifier
        let answer = try await stack.observe("cat /proc/\(process)/net/tcp /proc/\(process)/net/tcp6 2>/dev/null; true")
        return parse(answer.output)
    }

    static func parse(_ text: String) -> [ListeningSocket] {
        var found: [ListeningSocket] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: " ")
            // State 0A is LISTEN.
            guard fields.count > 3, fields[3] == "0A" else { continue }
            let parts = fields[1].split(separator: ":")
            guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { continue }
            let hex = parts[0]
            let isAny = hex.allSatisfy { $0 == "0" }
            let isLoopback = hex == "0100007F" || hex == "00000000000000000000000001000000"
            // Docker's resolver listens on 127.0.0.11 in every container of a network.
            guard hex != "0B00007F" else { continue }
            let socket = ListeningSocket(
                address: isAny ? (hex.count > 8 ? "[::]" : "0.0.0.0") : isLoopback ? "127.0.0.1" : String(hex),
                port: port,
                isLoopback: isLoopback)
            if !found.contains(socket) { found.append(socket) }
        }
        return found
    }
}

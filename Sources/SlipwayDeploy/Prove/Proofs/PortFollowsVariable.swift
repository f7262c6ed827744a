// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR017. Platforms choose the port; a server that does not follow is never reached there.
    static let portFollowsVariable = ProofRule("PR017", .running, "a server listens where its port variable says") {
        trial in
        var measurements: [Measurement] = []
        for unit in trial.servers {
            guard let service = trial.spec(of: unit), let facts = try await trial.stack.container(unit.name),
                let port = trial.stack.webPort(of: unit.name)
            else { continue }
            guard let variable = service.portVariable, !service.role.isServedFromFiles else {
                measurements.append(.skip("its port is fixed", service: unit.name))
                continue
            }
            let other = port < 60000 ? port + 1111 : port - 1111
            var copy = ContainerCopy(of: facts)
            copy.environment[variable] = "\(other)"
            let identifier = try await copy.start(on: trial.stack)
            let begin = SystemClock.steady.now
            var sockets: [ListeningSocket] = []
            while SystemClock.steady.now < begin + .seconds(20), !sockets.contains(where: { $0.port == other }) {
                guard let now = try await trial.stack.inspect(identifier), now.isRunning else { break }
                sockets = try await ListeningSocket.all(of: now, on: trial.stack)
                try await SystemClock.steady.sleep(for: .milliseconds(300))
            }
            let lines = try await trial.stack.logs(identifier, last: 5)
            await trial.stack.remove(identifier)
            measurements.append(
                .verdict(
                    sockets.contains { $0.port == other }, service: unit.name,
                    value: sockets.isEmpty
                        ? "listens nowhere"
                        : "listens on \(Set(sockets.map { String($0.port) }).sorted().joined(separator: ", "))",
                    limit: "\(variable)=\(other)", evidence: lines.map { trial.redact($0) },
                    diagnosis: "write the start command with ${\(variable):-\(port)} in shell form"))
        }
        return measurements.isEmpty ? [.skip("no service has a port")] : measurements
    }
}

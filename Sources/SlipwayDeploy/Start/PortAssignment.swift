// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Gives every listening service a port of 127.0.0.1 of its own. Pure, but for the question whether a port is free.
package struct PortAssignment: Sendable {
    package var application: AppSpec
    /// The application's one address.
    package var edgePort: UInt16
    /// Ports of the last run, by service; kept where possible, so that a bookmark or a debugger stays right.
    package var remembered: [String: UInt16]

    package init(application: AppSpec, edgePort: UInt16, remembered: [String: UInt16] = [:]) {
        self.application = application
        self.edgePort = edgePort
        self.remembered = remembered
    }

    /// Where the service listens whatever it is told, or `nil` when it can be moved.
    package static func fixedPort(of service: Service) -> UInt16? {
        guard service.portVariable == nil, let port = service.port else { return nil }
        let isInStart = service.start.map { StartCommand.moving($0, from: port, to: port) != nil } ?? false
        return isInStart ? nil : port
    }

    /// - Parameters:
    ///   - choose: A free port: the first argument when it is free, none of the second.
    ///   - holder: Says who listens on a port, or `nil` when it is free.
    /// - Throws: ``SlipwayError`` `portConflict` when two want one port and neither can be moved, `portInUse` when
    ///   somebody else has it.
    package func assign(
        choose: (UInt16?, Set<UInt16>) throws -> UInt16, holder: (UInt16) -> String?
    ) throws -> [String: UInt16] {
        var assigned: [String: UInt16] = [:]
        var takenBy: [UInt16: String] = [edgePort: "the application's own address"]
        let listening = application.services.filter { $0.role.listens && $0.start != nil }
        for service in listening {
            guard let port = Self.fixedPort(of: service) else { continue }
            if let other = takenBy[port] { throw conflict(port, service, other) }
            if let process = holder(port) {
                throw SlipwayError(
                    .portInUse, "\(service.name) listens on \(port), and that port is taken by \(process)",
                    hint:
                        "end it, or state in slipway.yml which variable moves the port: services.\(service.name).portVariable"
                )
            }
            takenBy[port] = service.name
            assigned[service.name] = port
        }
        for service in listening where assigned[service.name] == nil {
            let wished = [service.port, remembered[service.name]].compactMap(\.self).first { takenBy[$0] == nil }
            let port = try choose(wished, Set(takenBy.keys))
            takenBy[port] = service.name
            assigned[service.name] = port
        }
        return assigned
    }

    private func conflict(_ port: UInt16, _ service: Service, _ other: String) -> SlipwayError {
        guard application.service(named: other) != nil else {
            return SlipwayError(
                .portConflict, "\(service.name) listens on \(port), which is \(other)",
                hint: "slipway up --port \(port == .max ? 8080 : port + 1)")
        }
        return SlipwayError(
            .portConflict, "\(other) and \(service.name) both listen on \(port)",
            hint:
                "state the variable that moves one of them in slipway.yml: services.\(service.name).portVariable: PORT")
    }
}

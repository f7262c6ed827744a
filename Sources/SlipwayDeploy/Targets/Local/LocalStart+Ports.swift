// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Somebody else may take a port between the moment that it was found free and the one in which the process wants it:
/// builds and migrations lie in between. A port that only we chose is given up then.
extension LocalStart {
    /// Somebody who takes each new port at once is after us; that is said as it is.
    private static let mostMoves = 2

    /// Gives the service another port when its own has gone in the meantime.
    mutating func leaveTakenPort(_ service: Service) throws {
        guard let port = prepared.session.ports[service.name], PortAssignment.fixedPort(of: service) == nil,
            !LoopbackPort.isFree(port)
        else { return }
        prepared.move(service.name, to: try otherPort(than: port, for: service.name), of: application)
    }

    /// Starts a process, and once more elsewhere when it ends because its port was taken.
    /// - Returns: The service with its new port, when it has one.
    func startMoving(_ process: ProcessSpec) async throws -> (String, UInt16)? {
        var current = self
        var process = process
        var moved: UInt16?
        for move in 0...Self.mostMoves {
            do {
                try await start(process)
                break
            } catch let error as SlipwayError where move < Self.mostMoves && Self.isAboutPort(error) {
                guard let service = application.service(named: process.name) else { throw error }
                let port = current.prepared.session.ports[service.name]
                try current.leaveTakenPort(service)
                moved = current.prepared.session.ports[service.name]
                guard moved != port else { throw error }
                process = try current.process(of: service)
            }
        }
        return moved.map { (process.name, $0) }
    }

    /// As ``verifyOnce()``, with services elsewhere that ended meanwhile because of their port: whoever took it may have
    /// answered in their place.
    mutating func verify() async throws -> EngineStatus {
        for _ in 0..<Self.mostMoves {
            do {
                return try await verifyOnce()
            } catch let error as SlipwayError where Self.isAboutPort(error) {
                guard try await moveEnded() else { throw error }
            }
        }
        return try await verifyOnce()
    }

    private mutating func moveEnded() async throws -> Bool {
        var hasMoved = false
        for ended in try await client.status().processes where ended.state != .ready {
            guard let service = application.service(named: ended.name),
                let port = prepared.session.ports[service.name]
            else { continue }
            try leaveTakenPort(service)
            guard prepared.session.ports[service.name] != port else { continue }
            try await start(process(of: service))
            hasMoved = true
        }
        return hasMoved
    }

    static func isAboutPort(_ error: SlipwayError) -> Bool {
        let text = ([error.message] + error.details).joined(separator: "\n").lowercased()
        return error.code == .unhealthyService
            && ["is taken by", "address already in use", "eaddrinuse", "was taken by"].contains(where: text.contains)
    }

    private func otherPort(than port: UInt16, for service: String) throws -> UInt16 {
        let session = prepared.session
        let taken = session.ports.values + session.resources.addresses.values.map(\.port) + [session.options.port]
        let other = try LoopbackPort.free(avoiding: Set(taken))
        report(.note("\(service) listens on \(other), because somebody else took \(port) in the meantime"))
        return other
    }
}

extension LocalPrepared {
    /// The environment is the only place from which the process knows its port.
    mutating func move(_ name: String, to port: UInt16, of application: AppSpec) {
        session.ports[name] = port
        guard let service = application.service(named: name) else { return }
        environment.services[name, default: ServiceEnvironment()].run[service.portVariable ?? "PORT"] = "\(port)"
    }
}

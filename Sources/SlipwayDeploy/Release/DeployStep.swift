// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One thing that a deploy does. Every one is safe to repeat.
package enum DeployAction: Codable, Equatable, Sendable {
    /// Copies the source to the release's own folder.
    case snapshot
    case build(service: String)
    /// Starts the engine when it does not run, and the databases of the application.
    case engine
    /// Runs a service's release command: migrations.
    case migrate(service: String)
    /// The release that has the requests must still work, with the schema as it is now.
    case checkOld(processes: [VerifyOrder])
    case start(service: String)
    case verify(service: String)
    /// Requests for these services wait.
    case hold(services: [String])
    case unhold(services: [String])
    /// A share of the requests, in percent, goes to the new release; the old one keeps the others.
    case mix(share: Int)
    /// Of each of these services so many processes of the new release stand in the place of old ones.
    case roll(replaced: [String: Int])
    case shift
    /// Requests go where they went before.
    case shiftBack
    case watch
    /// Lets requests under way with these ports finish.
    case drain(ports: [UInt16])
    /// Ends processes that may be wanted again.
    case halt(processes: [String])
    case revive(processes: [String])
    /// Ends processes by their names in the engine.
    case remove(processes: [String])
    /// Lets the new release's process of a service finish its requests, then ends it.
    case withdraw(service: String)
    /// Removes the release's folder.
    case discard
    case stopEngine
    /// Removes what old releases have left.
    case prune
}

/// One step of a plan, with what takes it back.
package struct DeployStep: Codable, Equatable, Sendable {
    package var phase: DeployPhase
    package var action: DeployAction
    /// In order; nothing when the step leaves nothing behind.
    package var undo: [DeployAction]

    package init(_ phase: DeployPhase, _ action: DeployAction, undo: [DeployAction] = []) {
        self.phase = phase
        self.action = action
        self.undo = undo
    }
}

extension DeployAction: CustomStringConvertible {
    /// As a person reads it in a plan.
    package var description: String {
        switch self {
        case .snapshot: "copy the source"
        case .build(let service): "build \(service)"
        case .engine: "make sure that the engine and the databases run"
        case .migrate(let service): "run the release command of \(service)"
        case .checkOld: "check that the running release still works"
        case .start(let service): "start \(service)"
        case .halt(let processes): "end \(processes.joined(separator: ", ")), ready to come back"
        case .revive(let processes): "start \(processes.joined(separator: ", ")) again"
        case .verify(let service): "verify \(service) from outside"
        case .hold(let services): "hold requests for \(services.joined(separator: ", "))"
        case .unhold(let services): "let requests for \(services.joined(separator: ", ")) go on"
        case .mix(let share): "send \(share) % of the requests to the new release"
        case .roll(let replaced): "exchange \(Self.text(replaced))"
        case .shift: "send requests to the new release"
        case .shiftBack: "send requests to the old release"
        case .watch: "watch the new release against the old one"
        case .drain(let ports): "let requests under way finish (\(ports.map(String.init).joined(separator: ", ")))"
        case .remove(let processes): "end \(processes.joined(separator: ", "))"
        case .withdraw(let service): "end the new \(service)"
        case .discard: "remove the new release's files"
        case .stopEngine: "stop the engine"
        case .prune: "remove releases beyond the last 5"
        }
    }

    private static func text(_ replaced: [String: Int]) -> String {
        replaced.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayCore
import SlipwayKit

/// Has the running engine go on in this binary.
struct EngineUpgrade: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "Has the running engine go on in this version of slipway, losing no request.",
        discussion: """
            The processes run on, the listening sockets are handed over, and requests under way are finished by the \
            process before; WebSockets and event streams get a grace and a proper end there. When the new version \
            cannot take over, the old one goes on as if nothing had been.
            """)

    @Argument(help: "The repository's folder.", completion: .directory)
    var directory = "."
    @OptionGroup var target: TargetOptions
    @Option(help: "Seconds to wait while another command changes releases.")
    var wait: UInt32 = 0

    func run() async throws {
        let project = try Project.open(directory, environment: nil, target: target.target)
        let (before, now) = try await project.upgradeEngine(wait: .seconds(Int(wait)))
        Console.note(
            "the engine is \(Self.name(of: now)), after \(Self.name(of: before))")
    }

    private static func name(of engine: EngineStatus) -> String {
        let process = engine.processIdentifier.map { " in process \($0)" } ?? ""
        return "version \(engine.version ?? "unknown")\(process)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost

/// Tells the person who waits what happens: one line a step, on a terminal only.
struct ProgressPrinter: Sendable {
    /// Steps that take less are not worth a figure.
    private static let shortStep = Duration.milliseconds(50)

    let terminal: Terminal

    func detected(_ application: AppSpec) {
        let services = application.services.map { service in
            "\(service.name) (\([service.role.rawValue, service.framework].compactMap { $0 }.joined(separator: ", ")))"
        }
        let resources = application.resources.map { "\($0.name) (\($0.kind.rawValue))" }
        say("detect", (services + resources).joined(separator: ", "), .dim)
    }

    func report(_ event: DeployEvent) {
        switch event {
        case .phase, .line: break
        case .started(let step, let command): say("…", [step, command].compactMap { $0 }.joined(separator: "  "), .dim)
        case .finished(let step, .done, let time): say("done", "\(step)\(figure(time))", .green)
        case .finished(let step, .reused, _): say("kept", step, .dim)
        case .finished(let step, .failed, let time): say("failed", "\(step)\(figure(time))", .red)
        case .note(let text): say("note", text, .yellow)
        case .warning(let text) where terminal.isInteractive: say("warning", text, .yellow)
        // Scripts and logs that see no progress see this.
        case .warning(let text): terminal.print("warning: " + text)
        }
    }

    func ready(_ address: String) { say("ready", address, .bold) }

    func say(_ word: String, _ text: String, _ style: Terminal.Style) {
        guard terminal.isInteractive else { return }
        let padded = word + String(repeating: " ", count: max(0, 8 - word.count))
        terminal.print("  \(terminal.styled(padded, style)) \(text)")
    }

    private func figure(_ time: Duration) -> String {
        guard time >= Self.shortStep else { return "" }
        let tenths = time.components.seconds * 10 + time.components.attoseconds / 100_000_000_000_000_000
        return "  \(tenths / 10).\(tenths % 10) s"
    }
}

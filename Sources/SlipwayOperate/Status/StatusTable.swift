// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// What runs, as a person reads it.
package struct StatusTable {
    private let status: EngineStatus
    private let terminal: Terminal

    package init(_ status: EngineStatus, terminal: Terminal) {
        self.status = status
        self.terminal = terminal
    }

    /// - Parameter now: Seconds since the Unix epoch, for the ages.
    package func render(now: Double) -> String {
        var lines = ["\(status.application)  \(styled(status.phase))  \(status.address ?? "")".trimmedRight()]
        let width = status.processes.map(\.name.count).max() ?? 0
        for process in status.processes {
            let name = process.name + String(repeating: " ", count: width - process.name.count)
            var parts = ["  \(name)", styled(process.state), Self.age(now - process.since)]
            if let pid = process.processIdentifier { parts.append("pid \(pid)") }
            if let port = process.port { parts.append("port \(port)") }
            if process.restarts > 0 { parts.append("restarted \(process.restarts)x") }
            lines.append(parts.joined(separator: "  "))
            if let diagnosis = process.diagnosis { lines += DiagnosisText(diagnosis).lines.map { "      \($0)" } }
        }
        return lines.joined(separator: "\n")
    }

    private func styled(_ phase: EngineStatus.Phase) -> String {
        switch phase {
        case .running: terminal.styled(phase.rawValue, .green)
        case .starting, .stopping: terminal.styled(phase.rawValue, .yellow)
        case .degraded, .failed: terminal.styled(phase.rawValue, .red)
        }
    }

    private func styled(_ state: ProcessStatus.State) -> String {
        let padded = state.rawValue + String(repeating: " ", count: max(0, 9 - state.rawValue.count))
        switch state {
        case .ready: return terminal.styled(padded, .green)
        case .waiting, .starting, .stopping, .stopped: return terminal.styled(padded, .yellow)
        case .unhealthy, .backoff, .failed: return terminal.styled(padded, .red)
        }
    }

    /// `5s`, `12m`, `3h`, `4d`.
    package static func age(_ seconds: Double) -> String {
        switch max(0, seconds) {
        case ..<120: "\(Int(max(0, seconds)))s"
        case ..<7200: "\(Int(seconds / 60))m"
        case ..<172_800: "\(Int(seconds / 3600))h"
        default: "\(Int(seconds / 86400))d"
        }
    }
}

extension String {
    fileprivate func trimmedRight() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

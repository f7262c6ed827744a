// SPDX-License-Identifier: Apache-2.0

package import SlipwayHost

/// How log lines look to a person: `12:00:00.123 server | text`, the names aligned and coloured.
package struct LogFormat: Sendable {
    private let width: Int
    private let colors: [String: Terminal.Style]
    private let terminal: Terminal

    package init(services: [String], terminal: Terminal) {
        let palette: [Terminal.Style] = [.cyan, .green, .yellow]
        width = services.map(\.count).max() ?? 0
        colors = Dictionary(
            services.sorted().enumerated().map { ($0.element, palette[$0.offset % palette.count]) },
            uniquingKeysWith: { first, _ in first })
        self.terminal = terminal
    }

    package func render(_ line: LogLine) -> String {
        let time = line.time.dropFirst(11).dropLast()
        let name = line.service + String(repeating: " ", count: max(0, width - line.service.count))
        let mark = line.stream == "err" ? terminal.styled("|", .red) : "|"
        return "\(terminal.styled(String(time), .dim)) \(terminal.styled(name, colors[line.service] ?? .dim)) "
            + "\(mark) \(line.text)"
    }
}

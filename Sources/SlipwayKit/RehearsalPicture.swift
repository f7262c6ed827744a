// SPDX-License-Identifier: Apache-2.0

internal import SlipwayDeploy

/// A rehearsal on one line of time: how long answers took, what was lost, and which change was under way.
struct RehearsalPicture: Sendable {
    private static let (width, height) = (960.0, 400.0)
    /// Of the plots, from the left and from the top.
    private static let (left, right) = (70.0, 940.0)
    private static let latency = (top: 90.0, bottom: 290.0)
    private static let losses = (top: 315.0, bottom: 355.0)
    private static let style = """
        text{font:13px system-ui,sans-serif;fill:#17202a}.soft{fill:#5b6672;font-size:12px}.title{font-size:18px;font-weight:600}
        .paper{fill:#fff}.line{stroke:#dde3e9}.change{fill:#eef3fb;stroke:#fff;stroke-width:2}.slow{stroke:#2f6fdb;fill:none;stroke-width:2}
        .usual{stroke:#9aa7b5;fill:none;stroke-width:2}.bad{fill:#b42318}
        @media (prefers-color-scheme:dark){text{fill:#e8edf2}.soft{fill:#a3afbb}.paper{fill:#12181f}.line{stroke:#33404d}
        .change{fill:#1c2836;stroke:#12181f}.slow{stroke:#6ea2ff}.usual{stroke:#5d6b79}.bad{fill:#ff8a7a}}
        """

    let application: String
    let slices: [RehearsalReport.Slice]
    let changes: [RehearsalReport.Change]

    var svg: String {
        let requests = slices.reduce(0) { $0 + $1.requests }
        let lost = slices.reduce(0) { $0 + $1.lost }
        let refused = slices.reduce(0) { $0 + $1.unexpected5xx }
        let sum = "\(requests) requests, \(lost) lost, \(refused) answered 5xx"
        let title = "\(Markup.escape(application)): two deploys and a rollback under load"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
            width="\(Int(Self.width))" height="\(Int(Self.height))" role="img" aria-labelledby="title sum">
            <style>\(Self.style)</style>
            <title id="title">\(title)</title>
            <desc id="sum">\(sum)</desc>
            <rect class="paper" width="100%" height="100%"/>
            <text class="title" x="\(Int(Self.left))" y="30">\(title)</text>
            <text class="soft" x="\(Int(Self.left))" y="52">\(sum)</text>
            \((changes.map(band) + grid + [curve("usual", \.p50), curve("slow", \.p99)] + bad + legend).joined(separator: "\n"))
            </svg>

            """
    }

    /// Seconds; at least one, so that nothing divides by zero.
    private var end: Double {
        max(1, slices.last.map { $0.startSeconds + 0.5 } ?? 0, changes.last.map { $0.startSeconds + $0.seconds } ?? 0)
    }

    /// Milliseconds at the top: a power of ten, because a stall is a hundred times the usual.
    private var most: Double {
        let slowest = slices.compactMap(\.p99).max() ?? 1
        var limit = 10.0
        while limit < slowest { limit *= 10 }
        return limit
    }

    private func x(_ seconds: Double) -> Double { Self.left + (Self.right - Self.left) * seconds / end }

    /// On a scale of powers of ten, from a tenth of a millisecond.
    private func y(_ milliseconds: Double) -> Double {
        var (share, decades, limit) = (0.0, 0.0, 0.1)
        while limit < most * 0.999 {
            decades += 1
            if milliseconds >= limit * 10 {
                share += 1
            } else if milliseconds > limit {
                // Straight between two powers is near enough for a line that is read by eye.
                share += (milliseconds - limit) / (limit * 9)
            }
            limit *= 10
        }
        return Self.latency.bottom - (Self.latency.bottom - Self.latency.top) * share / max(decades, 1)
    }

    private func band(_ change: RehearsalReport.Change) -> String {
        let (from, to) = (x(change.startSeconds), x(change.startSeconds + change.seconds))
        let top = Self.latency.top
        return "<rect class=\"change\" x=\"\(text(from))\" y=\"\(text(top))\" width=\"\(text(max(to - from, 2)))\" "
            + "height=\"\(text(Self.losses.bottom - top))\"/>"
            + "<text class=\"soft\" x=\"\(text(from))\" y=\"\(text(top - 6))\">\(Markup.escape(change.command)) "
            + "\(text(change.seconds)) s</text>"
    }

    private var grid: [String] {
        var lines: [String] = []
        var limit = 0.1
        while limit < most * 1.001 {
            let y = text(y(limit))
            lines.append(
                "<line class=\"line\" x1=\"\(text(Self.left))\" x2=\"\(text(Self.right))\" y1=\"\(y)\" y2=\"\(y)\"/>"
                    + "<text class=\"soft\" x=\"\(text(Self.left - 8))\" y=\"\(text(self.y(limit) + 4))\" "
                    + "text-anchor=\"end\">\(limit < 1 ? "0.1" : "\(Int(limit.rounded()))") ms</text>")
            limit *= 10
        }
        let step = [1, 2, 5, 10, 20, 60, 120, 300].first { end / Double($0) <= 12 } ?? 600
        for second in stride(from: 0, through: Int(end), by: step) {
            lines.append(
                "<text class=\"soft\" x=\"\(text(x(Double(second))))\" y=\"\(text(Self.losses.bottom + 18))\" "
                    + "text-anchor=\"middle\">\(second) s</text>")
        }
        let bottom = text(Self.losses.bottom)
        lines.append(
            "<line class=\"line\" x1=\"\(text(Self.left))\" x2=\"\(text(Self.right))\" y1=\"\(bottom)\" y2=\"\(bottom)\"/>"
                + "<text class=\"soft\" x=\"\(text(Self.left - 8))\" y=\"\(text(Self.losses.bottom - 12))\" "
                + "text-anchor=\"end\">lost, 5xx</text>")
        return lines
    }

    private func curve(_ name: String, _ value: KeyPath<RehearsalReport.Slice, Double?>) -> String {
        let points = slices.compactMap { slice in
            slice[keyPath: value].map { "\(text(x(slice.startSeconds + 0.25))),\(text(y($0)))" }
        }
        return "<polyline class=\"\(name)\" points=\"\(points.joined(separator: " "))\"/>"
    }

    /// A bar wherever anybody was let down, as high as the worst of them.
    private var bad: [String] {
        let worst = slices.map { $0.lost + $0.unexpected5xx }.max() ?? 0
        return slices.compactMap { slice in
            let count = slice.lost + slice.unexpected5xx
            guard count > 0 else { return nil }
            let height = max(3, (Self.losses.bottom - Self.losses.top) * Double(count) / Double(worst))
            return
                "<rect class=\"bad\" x=\"\(text(x(slice.startSeconds)))\" y=\"\(text(Self.losses.bottom - height))\" "
                + "width=\"\(text(max(x(0.5) - x(0), 2)))\" height=\"\(text(height))\"><title>\(slice.lost) lost, "
                + "\(slice.unexpected5xx) answered 5xx</title></rect>"
        }
    }

    private var legend: [String] {
        let y = text(Self.height - 8)
        return [
            "<line class=\"usual\" x1=\"70\" x2=\"94\" y1=\"\(text(Self.height - 12))\" y2=\"\(text(Self.height - 12))\"/>"
                + "<text class=\"soft\" x=\"100\" y=\"\(y)\">half of the answers came within</text>",
            "<line class=\"slow\" x1=\"320\" x2=\"344\" y1=\"\(text(Self.height - 12))\" y2=\"\(text(Self.height - 12))\"/>"
                + "<text class=\"soft\" x=\"350\" y=\"\(y)\">99 of 100 within</text>",
        ]
    }

    private func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

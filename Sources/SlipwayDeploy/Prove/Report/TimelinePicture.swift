// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Builds, the start and the proofs on one line of time.
struct TimelinePicture: Sendable {
    private static let (labels, width, row) = (150.0, 760.0, 22)
    private let spans: [ProofReport.Span]
    private let seconds: Double

    init(_ report: ProofReport) {
        // What took no time only makes the picture longer.
        spans = report.timeline.filter { $0.endSeconds - $0.startSeconds >= 0.3 }.sorted {
            $0.startSeconds < $1.startSeconds
        }
        seconds = max(report.durationSeconds, 0.1)
    }

    var svg: String {
        guard !spans.isEmpty else { return "<p>Nothing took long enough to be drawn.</p>" }
        let height = spans.count * Self.row + 10
        let scale = (Self.width - Self.labels - 60) / seconds
        let rows = spans.enumerated().map { index, span in
            let y = index * Self.row + 4
            let x = Self.labels + span.startSeconds * scale
            let length = max(2, (span.endSeconds - span.startSeconds) * scale)
            let kind = span.name.hasPrefix("prove") ? "wait" : "bar"
            // Beside the bar, or before it where the picture ends.
            let isLate = x + length > Self.width - 50
            let text = isLate ? "x=\"\(Int(x - 6))\" text-anchor=\"end\"" : "x=\"\(Int(x + length + 6))\""
            return "<text x=\"0\" y=\"\(y + 13)\">\(Markup.escape(span.name))</text>"
                + "<rect class=\"\(kind)\" x=\"\(Int(x))\" y=\"\(y + 2)\" width=\"\(Int(length))\" height=\"14\" rx=\"2\"/>"
                + "<text class=\"soft\" \(text) y=\"\(y + 13)\">\(Figure.seconds(span.endSeconds - span.startSeconds))</text>"
        }
        return """
            <div class="scroll"><svg viewBox="0 0 \(Int(Self.width)) \(height)" width="\(Int(Self.width))" height="\(height)" style="min-width:560px" role="img" aria-label="\(spans.count) steps in \(Figure.seconds(seconds))">
            \(rows.joined(separator: "\n"))
            </svg></div>
            """
    }
}

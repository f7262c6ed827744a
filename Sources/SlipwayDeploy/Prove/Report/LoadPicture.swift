// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How long answers took and how much memory was used, a picture a service.
struct LoadPicture: Sendable {
    private static let (width, height, buckets) = (320, 110, 40)
    private let parts: [ProofReport.Part]

    init(_ parts: [ProofReport.Part]) { self.parts = parts.filter { !$0.latencies.isEmpty } }

    var html: String {
        guard !parts.isEmpty else { return "<p>No load was sent.</p>" }
        return parts.map { part in
            let sorted = part.latencies
            let memory = part.peakMemoryInBytes.map { "peak memory \(Figure.bytes($0))" } ?? "memory not seen"
            let figures = "median \(at(0.5, sorted)) ms, 99 of 100 under \(at(0.99, sorted)) ms"
            return
                "<h3>\(Markup.escape(part.name)): \(sorted.count) requests, \(figures), \(memory)</h3>\(histogram(sorted))"
        }.joined(separator: "\n")
    }

    private func at(_ share: Double, _ sorted: [Double]) -> Int {
        Int(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))].rounded())
    }

    /// Up to the 99th percentile; what is slower stands in the last bar.
    private func histogram(_ sorted: [Double]) -> String {
        let top = max(1, sorted[min(sorted.count - 1, Int(Double(sorted.count) * 0.99))])
        var counts = [Int](repeating: 0, count: Self.buckets)
        for time in sorted { counts[min(Self.buckets - 1, Int(time / top * Double(Self.buckets - 1)))] += 1 }
        let highest = counts.max() ?? 1
        let step = Self.width / Self.buckets
        let bars = counts.enumerated().map { index, count in
            let height = count * (Self.height - 24) / max(1, highest)
            return
                "<rect class=\"bar\" x=\"\(index * step)\" y=\"\(Self.height - 20 - height)\" width=\"\(step - 1)\" height=\"\(height)\"/>"
        }.joined()
        return
            "<svg viewBox=\"0 0 \(Self.width) \(Self.height)\" width=\"\(Self.width)\" height=\"\(Self.height)\" role=\"img\" aria-label=\"latencies from 0 to \(Int(top.rounded())) ms\">\(bars)"
            + "<text class=\"soft\" x=\"0\" y=\"\(Self.height - 4)\">0</text><text class=\"soft\" x=\"\(Self.width)\" y=\"\(Self.height - 4)\" text-anchor=\"end\">\(Int(top.rounded())) ms</text></svg>"
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
internal import SlipwayEngine

/// What clients saw while an application was deployed twice and taken back once.
public struct RehearsalReport: Sendable {
    private struct Body: Encodable {
        var requests: Int
        var lost: Int
        var unexpected5xx: Int
        var late: Int
        var seconds: Double
        var changes: [Change]
        var stretches: [Stretch]
        var slices: [Slice]
        var webSockets: LoadResult.Streams
        var eventStreams: LoadResult.Streams
        var uploads: LoadResult.Streams
        var reasons: [String: Int]
    }

    /// One deploy or rollback under load.
    struct Change: Encodable, Sendable {
        var command: String
        var release: Int?
        /// After the first request was due.
        var startSeconds: Double
        var seconds: Double
        var phases: [String: Double]
    }

    private struct Stretch: Encodable {
        var name: String
        var requests: Int
        var lost: Int
        var unexpected5xx: Int
        var late: Int
        var p50: Double?
        var p99: Double?
    }

    /// Half a second of requests; latencies in milliseconds.
    struct Slice: Encodable, Equatable, Sendable {
        var startSeconds: Double
        var requests: Int
        var lost: Int
        var unexpected5xx: Int
        var p50: Double?
        var p99: Double?
    }

    private let application: String
    private let result: LoadResult
    private let changes: [Change]
    private let seconds: Double

    init(application: String, result: LoadResult, changes: [Change], seconds: Double) {
        self.application = application
        self.result = result
        self.changes = changes
        self.seconds = seconds
    }

    /// Whether every request was answered, none with 5xx, and no stream was ended without a word.
    public var isClean: Bool {
        let total = result.total
        return total.lost == 0 && total.unexpected5xx == 0 && result.webSockets.cut == 0 && result.uploads.cut == 0
            && result.uploads.refused == 0
    }

    /// Latencies, lost requests and the changes on one line of time, as an SVG that needs nothing else.
    public var picture: String { RehearsalPicture(application: application, slices: slices, changes: changes).svg }

    private var slices: [Slice] {
        let length = LoadResult.sliceLength / .seconds(1)
        return result.slices.enumerated().map { number, slice in
            Slice(
                startSeconds: Double(number) * length, requests: slice.requests, lost: slice.lost,
                unexpected5xx: slice.unexpected5xx, p50: slice.latency.quantile(0.5).map(Self.milliseconds),
                p99: slice.latency.quantile(0.99).map(Self.milliseconds))
        }
    }

    /// As a table, or as JSON.
    public func rendered(asJSON: Bool) throws -> String {
        let total = result.total
        let stretches = ["before", "during", "after"].compactMap { name -> Stretch? in
            guard let stretch = result.stretches[name] else { return nil }
            return Stretch(
                name: name, requests: stretch.requests, lost: stretch.lost, unexpected5xx: stretch.unexpected5xx,
                late: stretch.late, p50: stretch.latency.quantile(0.5).map(Self.milliseconds),
                p99: stretch.latency.quantile(0.99).map(Self.milliseconds))
        }
        if asJSON {
            return try JSONText.pretty(
                Body(
                    requests: total.requests, lost: total.lost, unexpected5xx: total.unexpected5xx, late: total.late,
                    seconds: seconds, changes: changes, stretches: stretches, slices: slices,
                    webSockets: result.webSockets,
                    eventStreams: result.eventStreams, uploads: result.uploads, reasons: result.reasons))
        }
        var lines = changes.map { change in
            "\(change.command): release \(change.release.map(String.init) ?? "-") in \(Self.number(change.seconds)) s"
        }
        lines.append("         requests   lost    5xx   late    p50 ms    p99 ms")
        for stretch in stretches {
            let figures = [
                Self.padded("\(stretch.requests)", 8), Self.padded("\(stretch.lost)", 6),
                Self.padded("\(stretch.unexpected5xx)", 6), Self.padded("\(stretch.late)", 6),
                Self.padded(stretch.p50.map(Self.number) ?? "-", 9),
                Self.padded(stretch.p99.map(Self.number) ?? "-", 9),
            ]
            lines.append(
                stretch.name + String(repeating: " ", count: 9 - stretch.name.count) + figures.joined(separator: " "))
        }
        lines += Self.text("WebSockets", result.webSockets, ended: "told to come back (1012)")
        lines += Self.text("event streams", result.eventStreams, ended: "ended between two events")
        lines += Self.text("uploads", result.uploads, ended: "answered")
        lines += result.reasons.sorted { $0.key < $1.key }.map { "  \($0.value) x \($0.key)" }
        lines.append(
            "\(total.requests) requests in \(Self.number(seconds)) s: \(total.lost) lost, "
                + "\(total.unexpected5xx) answered 5xx, \(total.late) late")
        return lines.joined(separator: "\n")
    }

    private static func text(_ name: String, _ streams: LoadResult.Streams, ended: String) -> [String] {
        guard streams.opened + streams.refused > 0 else { return [] }
        return [
            "\(name): \(streams.opened) opened, \(streams.ended) \(ended), \(streams.cut) cut, \(streams.refused) refused"
        ]
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
    }

    private static func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

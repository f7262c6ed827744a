// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore

/// The edge's counters in Prometheus' text format, version 0.0.4. Pure.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    let counters: EdgeCounters
    let traffic: [UpstreamTraffic]

    var text: String {
        var text = ""
        metric("slipway_edge_requests_total", "counter", "Complete request heads.", [("", counters.requests)], &text)
        metric(
            "slipway_edge_responses_total", "counter", "Responses by service and first digit of the status.",
            counters.services.sorted { $0.key < $1.key }.flatMap { responses($0.key, $0.value) }, &text)
        metric("slipway_edge_connections", "gauge", "Open client connections.", [("", counters.connections)], &text)
        metric("slipway_edge_in_flight", "gauge", "Requests and tunnels under way.", [("", counters.inFlight)], &text)
        metric(
            "slipway_edge_limited_total", "counter", "Requests answered 429.", [("", counters.limited)], &text)
        metric("slipway_edge_sent_bytes_total", "counter", "Bytes to clients.", [("", counters.sentBytes)], &text)
        metric(
            "slipway_edge_upstream_requests_total", "counter", "Answered requests by upstream.",
            traffic.map { (port($0), $0.requests) }, &text)
        metric(
            "slipway_edge_upstream_errors_total", "counter", "Of them, 5xx.", traffic.map { (port($0), $0.errors) },
            &text)
        metric(
            "slipway_edge_upstream_retries_total", "counter", "Requests that failed here and were tried again.",
            traffic.map { (port($0), $0.retries) }, &text)
        metric(
            "slipway_edge_upstream_pauses_total", "counter", "Times left alone because requests failed.",
            traffic.map { (port($0), $0.pauses) }, &text)
        histogram(&text)
        return text
    }

    private func responses(_ service: String, _ value: EdgeCounters.Service) -> [(String, Int)] {
        [
            ("1xx", value.informational), ("2xx", value.successful), ("3xx", value.redirected),
            ("4xx", value.clientErrors), ("5xx", value.serverErrors), ("abandoned", value.abandoned),
        ].map { (#"{service="\#(escaped(service))",class="\#($0.0)"}"#, $0.1) }
    }

    private func port(_ traffic: UpstreamTraffic) -> String { #"{port="\#(traffic.port)"}"# }

    private func metric(
        _ name: String, _ kind: String, _ meaning: String, _ values: [(String, Int)], _ text: inout String
    ) {
        guard !values.isEmpty else { return }
        text += "# HELP \(name) \(meaning)\n# TYPE \(name) \(kind)\n"
        for (labels, value) in values { text += "\(name)\(labels) \(value)\n" }
    }

    /// The usual limits of Prometheus' client libraries, from the finer buckets that are counted.
    private static let limits: [(text: String, limit: Duration)] = [
        ("0.001", .milliseconds(1)), ("0.005", .milliseconds(5)), ("0.01", .milliseconds(10)),
        ("0.025", .milliseconds(25)), ("0.05", .milliseconds(50)), ("0.1", .milliseconds(100)),
        ("0.25", .milliseconds(250)), ("0.5", .milliseconds(500)), ("1", .seconds(1)), ("2.5", .milliseconds(2500)),
        ("5", .seconds(5)), ("10", .seconds(10)),
    ]

    private func histogram(_ text: inout String) {
        guard !traffic.isEmpty else { return }
        let name = "slipway_edge_upstream_seconds"
        text += "# HELP \(name) From a request's head to its response's.\n# TYPE \(name) histogram\n"
        for upstream in traffic {
            let total = upstream.latency.total
            for (label, limit) in Self.limits {
                let count = total - upstream.latency.above(limit)
                text += #"\#(name)_bucket{port="\#(upstream.port)",le="\#(label)"} \#(count)"# + "\n"
            }
            text += #"\#(name)_bucket{port="\#(upstream.port)",le="+Inf"} \#(total)"# + "\n"
            text += #"\#(name)_count{port="\#(upstream.port)"} \#(total)"# + "\n"
            text += #"\#(name)_sum{port="\#(upstream.port)"} \#(upstream.latency.approximateSeconds)"# + "\n"
        }
    }

    private func escaped(_ label: String) -> String {
        label.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A Grafana dashboard (schema version 39, Grafana 11): health, latency, CPU, memory, restarts, requests, logs.
struct MetricsDashboard {
    let layout: Layout
    let metrics: MetricsFiles

    private struct Panel {
        let title: String
        let expressions: [(String, legend: String)]
        var kind = "timeseries"
        var unit = "short"
        var source = "prometheus"
        var width = 12
    }

    private var panels: [Panel] {
        var panels = [
            Panel(title: "Health", expressions: [("probe_success", "{{service}}")], kind: "stat", width: 24),
            Panel(
                title: "Time of the health check", expressions: [("probe_duration_seconds", "{{service}}")], unit: "s"),
            Panel(
                title: "Restarts in an hour",
                expressions: [("changes(container_start_time_seconds{name!=\"\"}[1h])", "{{name}}")]),
            Panel(
                title: "CPU",
                expressions: [("sum by (name) (rate(container_cpu_usage_seconds_total{name!=\"\"}[5m]))", "{{name}}")],
                unit: "percentunit"),
            Panel(
                title: "Memory", expressions: [("container_memory_working_set_bytes{name!=\"\"}", "{{name}}")],
                unit: "bytes"),
        ]
        if let counter = metrics.requestCounter {
            panels.append(
                Panel(
                    title: "Requests by status",
                    expressions: [("sum by (job, status) (rate(\(counter)[5m]))", "{{job}} {{status}}")],
                    unit: "reqps"))
        }
        if layout.dumpable.contains(where: { $0.kind == .postgres }) {
            panels.append(
                Panel(
                    title: "Database connections", expressions: [("sum(pg_stat_database_numbackends)", "connections")]))
            panels.append(
                Panel(title: "Database size", expressions: [("pg_database_size_bytes", "{{datname}}")], unit: "bytes"))
        }
        panels.append(
            Panel(
                title: "Logs", expressions: [("{application=\"\(layout.name)\"}", "")], kind: "logs", source: "loki",
                width: 24))
        return panels
    }

    var map: FileMap {
        var row = 0
        var column = 0
        var placed: [FileValue] = []
        for (index, panel) in panels.enumerated() {
            if column + panel.width > 24 {
                row += 8
                column = 0
            }
            placed.append(.map(self.map(panel, id: index + 1, x: column, y: row)))
            column += panel.width
        }
        return [
            "uid": .string(String("slipway-\(layout.name)".prefix(40))), "title": .string(layout.name),
            "tags": .texts(["slipway"]), "schemaVersion": 39, "version": 1, "editable": true, "refresh": "30s",
            "time": ["from": "now-6h", "to": "now"], "panels": .list(placed),
        ]
    }

    private func map(_ panel: Panel, id: Int, x: Int, y: Int) -> FileMap {
        let source: FileValue = ["type": panel.source == "loki" ? "loki" : "prometheus", "uid": .string(panel.source)]
        return [
            "id": .integer(id), "title": .string(panel.title), "type": .string(panel.kind), "datasource": source,
            "gridPos": ["h": 8, "w": .integer(panel.width), "x": .integer(x), "y": .integer(y)],
            "fieldConfig": ["defaults": ["unit": .string(panel.unit), "min": 0], "overrides": []],
            "targets": .list(
                panel.expressions.enumerated().map { index, expression in
                    [
                        "refId": .string(String(UnicodeScalar(UInt8(65 + index % 26)))), "datasource": source,
                        "expr": .string(expression.0), "legendFormat": .string(expression.legend),
                    ]
                }),
        ]
    }
}

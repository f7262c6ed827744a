// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What watches a running application: Prometheus scrape configuration and alert rules, a Grafana dashboard, and log
/// shipping to Loki with Vector.
package struct ObservabilityEmitter: Emitter {
    package let name = "observability"
    package let target = FileTarget.observability

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        let metrics = MetricsFiles(layout: layout, tree: input.tree)
        let comment =
            "Prometheus, Grafana, Loki and what feeds them, beside \(layout.name) as Compose runs it:\n"
            + "GRAFANA_PASSWORD=... docker compose --file deploy/observability/docker-compose.yml up --detach\n"
            + "NETWORK and DATA_NETWORK name the networks of the application when they are others: docker network ls."
        return [
            file("prometheus.yml", YAMLText.print(metrics.scraping)),
            file("alerts.yml", YAMLText.print(metrics.alerts)),
            file("blackbox.yml", YAMLText.print(metrics.probing)),
            file("dashboard.json", JSONText.print(MetricsDashboard(layout: layout, metrics: metrics).map)),
            file("grafana-datasources.yml", YAMLText.print(metrics.sources)),
            file("grafana-dashboards.yml", YAMLText.print(metrics.provider)),
            file("vector.yaml", YAMLText.print(metrics.shipping)),
            file("docker-compose.yml", YAMLText.print(metrics.stack, comment: comment)),
        ]
    }

    private func file(_ name: String, _ contents: String) -> GeneratedFile {
        GeneratedFile(path: "deploy/observability/\(name)", contents: contents)
    }
}

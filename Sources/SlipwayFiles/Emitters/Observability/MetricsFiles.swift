// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Configurations of Prometheus, its blackbox prober, Grafana's provisioning and Vector.
struct MetricsFiles {
    let layout: Layout
    /// Services that report metrics themselves; the others are probed from outside.
    let reporters: [(service: Service, path: String)]
    /// The counter of requests that the code keeps: its own name, or that of a library which uses the common one.
    let requestCounter: String?

    init(layout: Layout, tree: SourceTree) {
        self.layout = layout
        reporters = layout.app.services.compactMap { service in
            layout.metricsPath(of: service, in: tree).map { (service, $0) }
        }
        requestCounter = Self.requestCounter(of: reporters.map(\.service), in: tree)
    }

    private static func requestCounter(of reporters: [Service], in tree: SourceTree) -> String? {
        for reporter in reporters {
            for entry in tree.files(under: reporter.directory) where !entry.path.contains("node_modules") {
                guard
                    ["py", "js", "ts", "go", "rb", "swift", "rs"].contains(entry.name.split(separator: ".").last ?? ""),
                    let text = tree.text(entry.path)
                else { continue }
                if text.contains("prometheus_fastapi_instrumentator") { return "http_requests_total" }
                guard let found = text.firstRange(of: "http_requests_total") else { continue }
                let before = text[..<found.lowerBound].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                return String(before.reversed()) + "http_requests_total"
            }
        }
        return nil
    }

    private func address(_ service: Service) -> String {
        "\(service.name):\(layout.port(of: service) ?? Layout.conventionalPort)"
    }

    var scraping: FileMap {
        var jobs: [FileValue] = reporters.map { service, path in
            [
                "job_name": .string(service.name), "metrics_path": .string(path),
                "static_configs": .list([
                    ["targets": .texts([address(service)]), "labels": ["service": .string(service.name)]]
                ]),
            ]
        }
        let probed = layout.listeners.map { service -> FileValue in
            [
                "targets": .texts(["http://\(address(service))\(layout.healthPath(of: service) ?? "/")"]),
                "labels": ["service": .string(service.name)],
            ]
        }
        if !probed.isEmpty {
            jobs.append([
                "job_name": "health", "metrics_path": "/probe", "params": ["module": .texts(["http_2xx"])],
                "static_configs": .list(probed),
                "relabel_configs": .list([
                    ["source_labels": .texts(["__address__"]), "target_label": "__param_target"],
                    ["source_labels": .texts(["__param_target"]), "target_label": "instance"],
                    ["target_label": "__address__", "replacement": "blackbox:9115"],
                ]),
            ])
        }
        jobs.append([
            "job_name": "containers", "static_configs": .list([["targets": .texts(["cadvisor:8080"])]]),
        ])
        jobs.append(["job_name": "node", "static_configs": .list([["targets": .texts(["node-exporter:9100"])]])])
        if layout.dumpable.contains(where: { $0.kind == .postgres }) {
            jobs.append([
                "job_name": "postgres", "static_configs": .list([["targets": .texts(["postgres-exporter:9187"])]]),
            ])
        }
        return [
            "global": ["scrape_interval": "15s", "evaluation_interval": "15s"],
            "rule_files": .texts(["alerts.yml"]), "scrape_configs": .list(jobs),
        ]
    }

    var alerts: FileMap {
        var rules: [FileValue] = [
            rule(
                "ServiceDown", "probe_success == 0", "2m", "critical",
                "{{ $labels.service }} does not answer its health check",
                "Its last lines: docker compose logs --tail 50 {{ $labels.service }}"),
            rule(
                "ServiceSlow", "avg_over_time(probe_duration_seconds[5m]) > 1", "10m", "warning",
                "{{ $labels.service }} answers its health check in more than a second",
                "Look at CPU and at the database first."),
            rule(
                "TargetMissing", "up == 0", "5m", "warning", "{{ $labels.job }} reports no metrics",
                "Is its exporter running?"),
            rule(
                "ContainerMemory",
                "container_memory_working_set_bytes{name!=\"\"} / (container_spec_memory_limit_bytes{name!=\"\"} > 0) > 0.9",
                "10m",
                "warning", "{{ $labels.name }} uses more than 90 % of its memory limit",
                "It is killed at the limit: raise it or look for a leak."),
            rule(
                "ContainerRestarts", "changes(container_start_time_seconds{name!=\"\"}[30m]) > 3", "0m", "critical",
                "{{ $labels.name }} keeps restarting", "The lines before its end say why."),
            rule(
                "DiskFull", "node_filesystem_avail_bytes{fstype!~\"tmpfs|overlay\"} / node_filesystem_size_bytes < 0.1",
                "15m", "critical",
                "less than 10 % of {{ $labels.mountpoint }} is free",
                "Old images: docker image prune; old backups: see scripts/backup.sh --keep."),
        ]
        if let requestCounter {
            rules.append(
                rule(
                    "ErrorRate",
                    "sum by (job) (rate(\(requestCounter){status=~\"5..\"}[5m])) / sum by (job) (rate(\(requestCounter)[5m])) > 0.05",
                    "5m", "critical", "more than 5 % of the requests to {{ $labels.job }} fail",
                    "Roll back when this began with a release."))
        }
        if layout.dumpable.contains(where: { $0.kind == .postgres }) {
            rules.append(
                rule(
                    "DatabaseConnections", "sum(pg_stat_database_numbackends) / max(pg_settings_max_connections) > 0.8",
                    "5m", "warning",
                    "more than 80 % of the database's connections are taken",
                    "Fewer workers or a smaller pool a worker."))
        }
        return ["groups": .list([["name": .string(layout.name), "rules": .list(rules)]])]
    }

    private func rule(
        _ name: String, _ expression: String, _ duration: String, _ severity: String, _ summary: String,
        _ advice: String
    ) -> FileValue {
        [
            "alert": .string(name), "expr": .string(expression), "for": .string(duration),
            "labels": ["severity": .string(severity)],
            "annotations": ["summary": .string(summary), "description": .string(advice)],
        ]
    }

    var probing: FileMap {
        [
            "modules": [
                "http_2xx": [
                    "prober": "http", "timeout": "5s",
                    "http": ["preferred_ip_protocol": "ip4", "follow_redirects": true],
                ]
            ]
        ]
    }

    var sources: FileMap {
        [
            "apiVersion": 1,
            "datasources": .list([
                [
                    "name": "Prometheus", "type": "prometheus", "uid": "prometheus", "url": "http://prometheus:9090",
                    "isDefault": true,
                ],
                ["name": "Loki", "type": "loki", "uid": "loki", "url": "http://loki:3100"],
            ]),
        ]
    }

    var provider: FileMap {
        [
            "apiVersion": 1,
            "providers": .list([
                ["name": .string(layout.name), "type": "file", "options": ["path": "/var/lib/grafana/dashboards"]]
            ]),
        ]
    }

    /// Every line of every container of the application, with its JSON fields when it is JSON, without what looks like a
    /// credential (vector.dev/docs/reference/vrl).
    var shipping: FileMap {
        [
            "sources": [
                "containers": [
                    "type": "docker_logs",
                    "include_labels": .texts(["com.docker.compose.project=\(layout.name)"]),
                ]
            ],
            "transforms": [
                "fields": [
                    "type": "remap", "inputs": .texts(["containers"]),
                    "source": """
                    .service = .label."com.docker.compose.service"
                    del(.label)
                    parsed, problem = parse_json(.message)
                    if problem == null && is_object(parsed) { .fields = parsed }
                    .message = redact(string!(.message), filters: [r'(?i)(password|secret|token|api_key|authorization)[=: ]+[^ ,&"]+', r'://[^:/ ]+:[^@/ ]+@'])

                    """,
                ]
            ],
            "sinks": [
                "loki": [
                    "type": "loki", "inputs": .texts(["fields"]), "endpoint": "http://loki:3100",
                    "encoding": ["codec": "json"],
                    "labels": ["application": .string(layout.name), "service": "{{ service }}"],
                    "buffer": ["type": "disk", "max_size": 268_435_488, "when_full": "drop_newest"],
                ]
            ],
        ]
    }

    /// Only Grafana has a port, and on this machine alone.
    var stack: FileMap {
        func service(_ image: String, _ map: FileMap) -> FileValue {
            var service: FileMap = ["image": .string(image), "restart": "unless-stopped", "mem_limit": "512M"]
            for entry in map.entries { service.set(entry.key, entry.value) }
            service.set("security_opt", .texts(["no-new-privileges:true"]))
            service.set("networks", map["networks"] ?? .texts(["application"]))
            service.set("logging", SwarmEmitter.logging)
            return .map(service)
        }
        var services: FileMap = [
            "prometheus": service(
                "prom/prometheus:v3.1.0",
                [
                    "command": .texts([
                        "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.retention.time=30d",
                    ]),
                    "volumes": .texts([
                        "./prometheus.yml:/etc/prometheus/prometheus.yml:ro",
                        "./alerts.yml:/etc/prometheus/alerts.yml:ro",
                        "prometheus:/prometheus",
                    ]),
                ]),
            "blackbox": service(
                "prom/blackbox-exporter:v0.25.0",
                ["volumes": .texts(["./blackbox.yml:/etc/blackbox_exporter/config.yml:ro"])]),
            "node-exporter": service(
                "prom/node-exporter:v1.8.2",
                ["command": .texts(["--path.rootfs=/host"]), "pid": "host", "volumes": .texts(["/:/host:ro,rslave"])]),
            "cadvisor": service(
                "gcr.io/cadvisor/cadvisor:v0.49.1",
                [
                    "volumes": .texts([
                        "/:/rootfs:ro", "/sys:/sys:ro", "/var/lib/docker:/var/lib/docker:ro",
                    ])
                ]),
            "loki": service("grafana/loki:3.3.2", ["volumes": .texts(["loki:/loki"])]),
            "vector": service(
                "timberio/vector:0.43.1-alpine",
                [
                    "environment": ["DOCKER_HOST": "tcp://docker-logs:2375"],
                    "volumes": .texts(["./vector.yaml:/etc/vector/vector.yaml:ro", "vector:/var/lib/vector"]),
                ]),
            "grafana": service(
                "grafana/grafana:11.4.0",
                [
                    "environment": [
                        "GF_SECURITY_ADMIN_PASSWORD": "${GRAFANA_PASSWORD:?say GRAFANA_PASSWORD}",
                        "GF_USERS_ALLOW_SIGN_UP": "false", "GF_ANALYTICS_REPORTING_ENABLED": "false",
                    ],
                    "ports": .texts(["127.0.0.1:3001:3000"]),
                    "volumes": .texts([
                        "./grafana-datasources.yml:/etc/grafana/provisioning/datasources/slipway.yml:ro",
                        "./grafana-dashboards.yml:/etc/grafana/provisioning/dashboards/slipway.yml:ro",
                        "./dashboard.json:/var/lib/grafana/dashboards/dashboard.json:ro", "grafana:/var/lib/grafana",
                    ]),
                ]),
        ]
        services.set(
            "docker-logs",
            service(
                "tecnativa/docker-socket-proxy:0.3.0",
                [
                    "environment": ["CONTAINERS": "1", "EVENTS": "1", "POST": "0"],
                    "volumes": .texts(["/var/run/docker.sock:/var/run/docker.sock:ro"]),
                ]), comment: "Lets Vector read logs and nothing else of the engine.")
        if let database = layout.dumpable.first(where: { $0.kind == .postgres }) {
            services.set(
                "postgres-exporter",
                service(
                    "prometheuscommunity/postgres-exporter:v0.16.0",
                    [
                        "networks": .texts(["application", "data"]),
                        "environment": [
                            "DATA_SOURCE_NAME": .string(
                                "${\(database.variable ?? "DATABASE_URL"):?say \(database.variable ?? "DATABASE_URL")}")
                        ],
                    ]))
        }
        return [
            "name": .string("\(layout.name)-observability"), "services": .map(services),
            "volumes": ["prometheus": .map([:]), "loki": .map([:]), "vector": .map([:]), "grafana": .map([:])],
            "networks": .map(networks),
        ]
    }

    /// Those of the application; the database is on one of its own.
    private var networks: FileMap {
        var networks: FileMap = [
            "application": ["external": true, "name": .string("${NETWORK:-\(layout.name)_application}")]
        ]
        if layout.dumpable.contains(where: { $0.kind == .postgres }) {
            networks.set("data", ["external": true, "name": .string("${DATA_NETWORK:-\(layout.name)_data}")])
        }
        return networks
    }
}

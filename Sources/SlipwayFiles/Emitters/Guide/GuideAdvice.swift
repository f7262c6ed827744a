// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What comes after the first deploy: checks, causes of trouble, speed, safety, growth, money.
struct GuideAdvice {
    let layout: Layout

    private var listeners: [Service] { layout.listeners }
    private var databases: [Resource] { layout.dumpable }

    var checks: String {
        let health = listeners.compactMap { service in
            layout.healthPath(of: service).map {
                "- [ ] \(service.name): `\($0)` answers 200 on port \(layout.port(of: service) ?? 0) inside its network."
            }
        }
        var lines = health
        if let front = layout.front {
            lines.append(
                "- [ ] \(front.name): the first page loads over HTTPS; a deep link reloaded in the browser still works."
            )
            for (service, routes) in layout.upstreams(behind: front) {
                let paths = routes.map { "`\($0)`" }.joined(separator: ", ")
                lines.append("- [ ] \(service.name) answers through the door: \(paths).")
                if let stripped = service.strippedRoutes, !stripped.isEmpty {
                    let taken = stripped.map { "`\($0)`" }.joined(separator: ", ")
                    lines.append(
                        "- [ ] \(service.name) gets its requests without \(taken), as behind the development server; "
                            + "whoever else stands before it (another proxy, a platform's router) must take it off too."
                    )
                }
            }
        }
        if !databases.isEmpty {
            lines.append("- [ ] Migrations have run, and a record that is written is still there after a restart.")
        }
        for service in layout.keepers {
            lines.append(
                "- [ ] \(service.name): a file written to \(service.writableDirectories.map { "`\($0)`" }.joined(separator: ", ")) is still there after a deploy."
            )
        }
        lines += [
            "- [ ] `scripts/backup.sh` has run once\(layout.dumpable.isEmpty && layout.keepers.isEmpty ? " (nothing to back up: skip)" : ""), and its backup was restored somewhere.",
            "- [ ] Alerts reach a person.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    var monitoring: String {
        "Files: `slipway write --target observability`.\n\n```sh\nGRAFANA_PASSWORD=... docker compose --file deploy/observability/docker-compose.yml up --detach\n```\n\n"
            + "Grafana answers on http://127.0.0.1:3001 of the machine. Prometheus asks "
            + listeners.map { "\($0.name) (`\(layout.healthPath(of: $0) ?? "/")`)" }.joined(separator: ", ")
            + " every 15 s; alerts cover silence, slowness, memory, restarts, disk\(databases.isEmpty ? "" : " and database connections"). Logs are kept in Loki without what looks like a credential.\n"
    }

    var troubleshooting: String {
        var table = MarkdownTable(columns: ["what you see", "likely cause", "what to do"])
        for service in listeners where !service.role.isServedFromFiles {
            let port = layout.port(of: service) ?? Layout.conventionalPort
            let variable = service.hostVariable.map { "set `\($0)=0.0.0.0`" } ?? "bind 0.0.0.0 in the start command"
            table.rows.append([
                "\(service.name) runs, but nothing answers on port \(port)",
                "it listens on 127.0.0.1 of its container, or on another port",
                "\(variable)\(service.portVariable.map { "; `\($0)` must be \(port)" } ?? "")",
            ])
        }
        let required = layout.app.variables.filter { $0.required && $0.phase != .build }.map(\.name)
        if !required.isEmpty {
            table.rows.append([
                "a service ends right after its start",
                "one of \(required.map { "`\($0)`" }.joined(separator: ", ")) is missing",
                "`slipway env --check .env.production` names it",
            ])
        }
        for resource in databases {
            table.rows.append([
                "connection refused or could not translate host name",
                "`\(resource.variable ?? "the address")` names localhost or another host",
                "inside Compose the host is `\(resource.name)`; on a platform take the address it gives",
            ])
            if resource.kind == .postgres {
                table.rows.append([
                    "unsupported scheme postgres://, or unexpected keyword sslmode",
                    "the driver wants `postgresql://`, asyncpg knows no `sslmode`",
                    "correct the address, or rewrite it where the code reads it",
                ])
            }
        }
        table.rows += publicFolders
        let builds = layout.app.variables.filter { $0.phase != .run }
        if let first = builds.first {
            table.rows.append([
                "the page calls the wrong address",
                "`\(first.name)` is read when the image is built, not when it starts",
                "build again with the right value: `\(first.name)=... scripts/build.sh`",
            ])
        }
        table.rows += [
            [
                "502 or 503 with \"The application does not answer\"",
                "the service behind the door is starting, stopped or out of memory",
                "`docker compose logs`, `docker inspect --format '{{.State.OOMKilled}}' CONTAINER`",
            ],
            [
                "413 on an upload", "a proxy in front has a smaller limit than ours (\(layout.bodyLimit))",
                "raise it there, or `client_max_body_size` in nginx.conf",
            ],
            [
                "WebSocket closes after a minute", "a proxy in front does not pass `Upgrade` or times out",
                "let the server ping every 20 s; nginx.conf passes upgrades and waits 300 s",
            ],
            [
                "permission denied when a file is written",
                "the folder is no volume or belongs to root; processes run as uid 1000",
                "declare it in `slipway.yml` under `writableDirectories`, then `slipway write`",
            ],
            [
                "health check fails though the page works", "the path redirects or asks the database for too long",
                "the path must answer 2xx within 5 s",
            ],
        ]
        return table.text + "\n`slipway check` finds most of these in the files before a deploy does.\n"
    }

    /// Where nobody stands before the process, its files are served by nobody.
    private var publicFolders: [[String]] {
        let all = layout.app.services.flatMap { service in
            (service.publicFolders ?? []).map { (path: $0.path, isWritten: service.writes($0)) }
        }
        var rows: [[String]] = []
        if let collected = all.first(where: { !$0.isWritten }) {
            rows.append([
                "pages without styles on Swarm, Kubernetes, Render, Railway or Heroku",
                "the process leaves `\(collected.path)` to nginx, which Compose has, to the embedded engine or to Fly's proxy",
                "add WhiteNoise to the requirements and to MIDDLEWARE, after SecurityMiddleware",
            ])
        }
        if let written = all.first(where: \.isWritten) {
            rows.append([
                "uploads answer 404 on platforms and in a cluster",
                "`\(written.path)` is served from the disk by Compose's nginx and by the embedded engine alone",
                "keep uploads in an object store: django-storages",
            ])
        }
        return rows
    }

    var performance: String {
        var lines: [String] = []
        for service in listeners where !service.role.isServedFromFiles {
            if layout.app.variables.contains(where: {
                $0.name == "WEB_CONCURRENCY" && $0.services.contains(service.name)
            }) {
                lines.append(
                    "- \(service.name): `WEB_CONCURRENCY` is the number of worker processes: 2 for each CPU, no more than memory allows (each needs 100 to 150 MB with common libraries)."
                )
            } else {
                lines.append("- \(service.name): one process uses one CPU; more instances use more, see Scaling.")
            }
        }
        if layout.app.services.contains(where: \.role.isServedFromFiles) {
            lines.append(
                "- Files whose names change with their content are kept by browsers for a year, pages are asked for again; text is compressed."
            )
        }
        if let resource = databases.first {
            let pool = layout.app.variables.first { $0.name.contains("POOL") }
            lines.append(
                "- \(resource.name): workers × instances × pool\(pool.map { " (`\($0.name)`, \($0.default ?? "5"))" } ?? "") must stay below the server's `max_connections` (100 by default)."
            )
        }
        lines.append(
            "- Measure before and after: `wrk -t2 -c32 -d15s --latency http://localhost:\(layout.front.flatMap(layout.port(of:)) ?? 8080)\(layout.front.flatMap(layout.healthPath(of:)) ?? "/")`; the pipeline keeps the figures of main."
        )
        lines.append(
            "- Before a large change: `slipway rehearse` deploys twice and goes back once under load, here, and counts what was lost."
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// nginx adds headers where it is the door; without it they are the application's own to send.
    private var headers: String {
        let isDoor = layout.front?.role.isServedFromFiles == true || Gateway(layout) != nil
        return isDoor
            ? "- [x] Security headers on every answer, hidden files denied, version hidden."
            : "- [ ] Security headers: nginx adds them on a server of your own; everywhere else \(layout.front?.name ?? "the application") has to send them."
    }

    var security: String {
        let secrets = layout.app.variables.filter(\.secret).map { "`\($0.name)`" }
        var lines = [
            "- [x] Processes run as uid 1000 without capabilities; file servers have a read-only root.",
            "- [x] Only \(layout.front?.name ?? "the door") has a public port\(databases.isEmpty ? "" : "; \(databases.map(\.name).joined(separator: ", ")) is on a network of its own")\u{2E}",
            headers,
            "- [x] Images are scanned; actions are pinned by commit.",
        ]
        lines.append(
            secrets.isEmpty
                ? "- [x] The code reads no secrets."
                : "- [ ] \(secrets.joined(separator: ", ")): long, random, different in each environment, in no file of the repository."
        )
        if layout.app.variables.contains(where: { $0.name.contains("CORS") || $0.name.contains("ORIGINS") }) {
            let name =
                layout.app.variables.first { $0.name.contains("CORS") || $0.name.contains("ORIGINS") }?.name ?? ""
            lines.append("- [ ] `\(name)` names your own addresses and no `*`.")
        }
        if let debug = layout.app.variables.first(where: { $0.name.hasSuffix("DEBUG") }) {
            lines.append("- [ ] `\(debug.name)` is off in production.")
        }
        lines += [
            "- [ ] HTTPS only; the certificate renews itself (`certbot renew --dry-run` on a server of your own).",
            "- [ ] Backups are encrypted where they leave the machine, and few people can read them.",
            "- [ ] Somebody reads the alerts, and knows how to go back.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    var updating: String {
        let migrations = layout.app.services.contains { $0.release != nil }
        return """
            | where | update | go back |
            | --- | --- | --- |
            | here | `slipway deploy` | `slipway rollback` |
            | Compose | `git pull && scripts/run-prod.sh` | `git checkout PREVIOUS && scripts/run-prod.sh` |
            | Fly.io | `scripts/deploy-fly.sh` | `scripts/deploy-fly.sh --rollback` |
            | server | `scripts/deploy-ssh.sh user@host` | `scripts/deploy-ssh.sh --rollback user@host` |
            | Swarm | the same `docker stack deploy` with a new TAG | `docker service rollback \(layout.name)_\(layout.front?.name ?? "SERVICE")` |
            | Kubernetes | `kubectl apply --kustomize deploy/kubernetes/overlays/production` | `kubectl rollout undo deployment/\(layout.front?.name ?? "NAME")` |
            | Helm | `helm upgrade` with a new tag | `helm rollback \(layout.name)` |
            | Render, Railway, Heroku | push | the dashboard's Rollback, `heroku rollback` |

            """
                + (migrations
                    ? "\nMigrations are not undone by going back, so each must leave the release before it working: add first, remove one release later.\n"
                    : "")
    }

    var backup: String {
        guard !layout.dumpable.isEmpty || !layout.keepers.isEmpty else {
            return "The application keeps nothing that would have to be backed up.\n"
        }
        let unit = ServerFiles(layout: layout).unit
        let parts =
            layout.dumpable.map { "the database \($0.name)" }
            + layout.keepers.map { "\($0.writableDirectories.joined(separator: ", ")) of \($0.name)" }
        return
            "What is kept: \(parts.joined(separator: "; ")).\n\n```sh\nscripts/backup.sh                          # backups/DATE, 30 days\nscripts/restore.sh --yes backups/DATE\n```\n\n"
            + "Each dump is read back before it counts, and a restore compares checksums first. Every night by a timer on a server, `\(unit)-engine-backup.timer` under the embedded engine (`slipway backup create`) and `\(unit)-backup.timer` under Compose, and by a CronJob in Kubernetes; "
            + "Fly.io and Render keep snapshots of their own. Once a month restore a backup into an empty copy: a backup that nobody restored is a hope.\n"
    }

    var scaling: String {
        var table = MarkdownTable(columns: ["service", "more instances", "why"])
        for service in layout.app.services {
            let reason =
                service.singleInstance
                ?? (layout.keptFolders(of: service).isEmpty
                    ? nil
                    : "its files are in \(layout.keptFolders(of: service).joined(separator: ", ")), on one machine")
            let may = service.role == .cron ? "no" : reason == nil ? "yes" : "no"
            table.rows.append([
                service.name, may,
                reason
                    ?? (service.role == .cron
                        ? "it is started by a schedule" : "it keeps nothing between requests that others would miss"),
            ])
        }
        return table.text
            + "\nFirst more memory and CPU for one instance, then more instances: `docker compose up --scale`, `fly scale count`, the HorizontalPodAutoscaler (2 to 6 at 70 % CPU). "
            + (databases.isEmpty
                ? "" : "The database comes last: a connection pooler, a larger instance, read replicas. ")
            + "Sessions and caches that several instances share belong into Redis.\n"
    }

    var cost: String {
        let processes = layout.app.services.filter { !$0.role.isServedFromFiles }
        let sites = layout.app.services.filter(\.role.isServedFromFiles)
        let databases = layout.resources(of: layout.app.services)
        return "The smallest sizes in the files above, always running, without traffic, in US dollars a month. "
            + "Prices as the platforms published them at the time that the table names; look again before you decide.\n\n"
            + PriceTable.table(processes: processes.count, sites: sites.count, databases: databases)
    }
}

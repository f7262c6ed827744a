// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Each way to run the application, step by step with its real names.
struct GuideOptions {
    let layout: Layout

    private func shell(_ commands: String...) -> String { "```sh\n" + commands.joined(separator: "\n") + "\n```\n" }
    private var migrations: [String] {
        layout.app.services.compactMap { service in service.release.map { "`\($0)` of \(service.name)" } }
    }
    private var frontPath: String { layout.front.flatMap(layout.healthPath(of:)) ?? "/" }
    private var localPort: Int { ServerFiles(layout: layout).port }

    var local: String {
        let database = layout.app.resources.contains { $0.kind == .postgres }
        return
            "No container engine, no root, no account; everything stays below `.slipway/`\(database ? ", a PostgreSQL of its own included" : "").\n\n"
            + shell(
                "slipway up            # http://localhost:8080", "slipway up --dev      # restarts what changes",
                "slipway status", "slipway down")
    }

    var compose: String {
        var text = "1. Fill `.env.production` as above.\n2. Start everything and wait until it is healthy:\n\n"
        text += shell(
            "scripts/run-prod.sh",
            "docker compose --env-file \(ComposeFileName.productionValues) --file \(ComposeFileName.production) ps")
        if !migrations.isEmpty {
            text += "\nMigrations run before the services start: \(migrations.joined(separator: ", ")).\n"
        }
        text += "\n3. Look: `curl -f http://localhost:\(localPort)\(frontPath)`\n\n"
        text +=
            "For development `scripts/run-dev.sh` mounts the source and restarts what changes; `scripts/run-dev.sh --reset` throws its data away."
        let seeds = layout.app.services.compactMap(\.seed)
        if !seeds.isEmpty { text += " Sample data: \(seeds.map { "`\($0)`" }.joined(separator: ", "))." }
        return text
            + "\n\n`scripts/test-docker.sh` builds the images, starts them beside what runs, checks them in nine steps and cleans up.\n"
    }

    private var flyMigrations: String {
        guard !migrations.isEmpty else { return "" }
        let all = migrations.joined(separator: ", ")
        return layout.images.contains { layout.startAfterMigration(of: $0) != nil }
            ? "Migrations run before the process does, on the machine that has the database's volume: \(all).\n\n"
            : "Migrations are the `release_command`: \(all).\n\n"
    }

    var fly: String {
        let network = FlyNetwork(layout: layout)
        var table = MarkdownTable(columns: ["application", "configuration", "reached at"])
        for image in layout.images {
            let listener = image.services.first { layout.port(of: $0) != nil }
            let place =
                network.isPublic(image)
                ? "https://\(image.name).fly.dev"
                : listener.map { network.address(of: $0) } ?? "nobody; it listens nowhere"
            table.rows.append([image.name, MarkdownTable.code(FlyFile.path(of: image, in: layout)), place])
        }
        let databases = FlyScript.databases(of: layout)
        return "Files: `slipway write --target fly`.\n\n" + table.text
            + "\n1. Install `fly` (fly.io/docs/flyctl/install) and log in: `fly auth login`.\n"
            + "2. Choose a region in each `fly.toml`\(databases.isEmpty ? "" : "; they and the database belong into one").\n"
            + "3. Fill `.env.production`; what the application may choose itself is made up when it is missing.\n"
            + "4. Deploy:\n\n" + shell("scripts/deploy-fly.sh --env-file .env.production")
            + "\nThe script creates \(layout.images.map(\.name).joined(separator: ", "))"
            + databases.map { " and the database \(Layout.label("\(layout.name)-\($0.name)"))" }.joined()
            + " when they are not there, sets secrets without printing them, deploys \(layout.deployOrder.map(\.name).joined(separator: ", then ")), asks each for its health, and goes back when one stays silent.\n\n"
            + flyMigrations
            + "Fly names: an application is found at `NAME.internal` (IPv6, running machines only) or `NAME.flycast` (through Fly's proxy, which starts stopped machines). "
            + "Files of the front end are served by nginx and not by `[[statics]]`, which would leave out its headers.\n\n"
            + "| task | command |\n| --- | --- |\n"
            + layout.images.prefix(1).map { image in
                "| logs | `fly logs --app \(image.name)` |\n| state | `fly status --app \(image.name)` |\n| more memory | `fly scale memory 1024 --app \(image.name)` |\n| more machines | `fly scale count 2 --app \(image.name)` |\n| a shell | `fly ssh console --app \(image.name)` |\n| metrics | fly-metrics.net |\n"
            }.joined()
            + databases.map {
                "| database shell | `fly postgres connect --app \(Layout.label("\(layout.name)-\($0.name)"))` |\n"
            }.joined()
            + layout.images.prefix(1).map { image in
                "| staging beside production | `fly apps create \(image.name)-staging`, then `fly deploy` with `--app \(image.name)-staging`; its secrets are its own |\n"
            }.joined()
    }

    var platforms: String {
        "Files: `slipway write --target render,railway,heroku`.\n\n"
            + "**Render.** Push to GitHub or GitLab, then New > Blueprint and choose the repository: `render.yaml` makes the services, "
            + "databases and groups of variables; values marked `sync: false` are asked for once.\n\n"
            + "**Railway.** One service for each of these, with its root directory and its config file; add the database in the dashboard and reference its address:\n\n"
            + railway
            + "\n**Heroku.** The container stack builds the same images: `heroku create && heroku stack:set container && git push heroku main`. `app.json` names add-ons and variables; "
            + "a `Procfile` stands beside each code base for the buildpacks.\n"
    }

    private var railway: String {
        var table = MarkdownTable(columns: ["service", "root directory", "config file", "port"])
        for image in layout.images {
            for service in image.services {
                let isOwner = service.name == image.owner.name
                let path =
                    isOwner
                    ? layout.file("railway", "json", for: service)
                    : Layout.join(image.context, "railway.\(service.name).json")
                table.rows.append([
                    service.name, MarkdownTable.code(image.context == "." ? "/" : "/\(image.context)"),
                    MarkdownTable.code("/\(path)"),
                    layout.port(of: service).map(String.init) ?? "–",
                ])
            }
        }
        return table.text
    }

    var server: String {
        let files = ServerFiles(layout: layout)
        return "Files: `slipway write --target vps`. Any Debian 12 or Ubuntu 22.04 and newer with 1 GB of memory.\n\n"
            + "1. Lead the domain's A and AAAA records to the server.\n2. Copy the repository there and prepare it, under Compose or under the embedded engine:\n\n"
            + shell(
                "git clone YOUR_REPOSITORY \(layout.name) && cd \(layout.name)",
                "sudo scripts/setup-vps.sh --domain app.example.org --email you@example.org --compose")
            + "\n3. Fill `\(files.values)`.\n4. From your own machine, now and for every new version:\n\n"
            + shell("scripts/deploy-ssh.sh root@app.example.org")
            + "\nnginx in front has the certificate; the application listens on port \(files.port) of the machine. "
            + "Units: `\(files.unit).service` (embedded engine), `\(files.unit)-compose.service`. "
            + (files.hasBackup
                ? "Backups: `\(files.unit)-engine-backup.timer` under the engine, `\(files.unit)-backup.timer` under Compose, into `/var/backups/\(layout.name)`. "
                : "")
            + "Docker opens published ports past the firewall, so under Compose the application listens on 127.0.0.1 alone. "
            + "Logs: `journalctl --unit \(files.unit)-compose.service` and `docker compose logs`.\n\n"
            + "By hand, without the script: build (`scripts/build.sh`), copy, `scripts/run-prod.sh`, and put `deploy/vps/nginx-site.conf` into nginx.\n"
    }

    var swarm: String {
        let secrets = layout.resources(of: layout.app.services).compactMap {
            ResourceImage($0)?.data == nil ? nil : $0.name
        }
        let labels = secrets.map { "docker node update --label-add \($0)=true NODE" }
        return "Files: `slipway write --target swarm`.\n\n"
            + "```sh\n"
            + (["docker swarm init"] + labels + [
                "scripts/build.sh --registry ghcr.io/me --tag 1.0 --push", "set -a; . ./.env.production; set +a",
                "REGISTRY=ghcr.io/me TAG=1.0 docker stack deploy --with-registry-auth --detach=false -c docker-stack.yml \(layout.name)",
                "docker stack ps \(layout.name)",
            ]).joined(separator: "\n")
            + "\n```\n\nAn update starts new tasks before it stops old ones and goes back by itself when they fail.\n"
    }

    var kubernetes: String {
        let secret = ClusterSecret(objects: Kustomization(layout: layout).objects, environment: "production").lines.map
        { $0 + "\n" }.joined()
        return
            "Files: `slipway write --target kubernetes`. Everything is valid for the restricted Pod Security Standard; CPU has requests and no limit on purpose, so nothing is throttled while the node has time.\n\n"
            + "```sh\nscripts/build.sh --registry registry.example.com --tag 1.0.0 --push\n"
            + "kubectl apply --filename deploy/kubernetes/overlays/production/namespace.yaml\n\(secret)"
            + "kubectl apply --kustomize deploy/kubernetes/overlays/production\n```\n\n"
            + "`deploy/kubernetes/overlays/staging` is the same in a namespace, with a host and secrets, of its own.\n\n"
            + "Or with Helm:\n\n```sh\n"
            + "helm upgrade --install \(layout.name) deploy/helm/\(layout.name) --namespace \(layout.name)-production --set host=app.example.org --set image.registry=registry.example.com --set image.tag=1.0.0 --atomic\n```\n\n"
            + "An Ingress controller named `nginx` and a certificate in the secret `\(layout.name)-tls` are expected. To use a database outside of the cluster, leave its StatefulSet out and put its address into the secret.\n"
    }

    var pipeline: String {
        "Files: `slipway write --target github` or `--target gitlab`. Each change is tested\(layout.dumpable.isEmpty ? "" : " with its database beside it"), built and scanned; on main the images go to the repository's registry and, when the variable `DEPLOY_TARGET` says so, into production.\n\n"
            + "| DEPLOY_TARGET | secrets of the environment `production` |\n| --- | --- |\n| `fly` | `FLY_API_TOKEN` (`fly tokens create deploy`) |\n| `ssh` | `SSH_KEY`, `SSH_KNOWN_HOSTS` (`ssh-keyscan`), `SSH_TARGET` (`user@host`) |\n\n"
            + "A deploy that does not become healthy goes back by itself; the workflow Roll back does it by hand.\n"
    }
}

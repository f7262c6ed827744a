// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The guide's sections in their order.
struct DeploymentGuide {
    let layout: Layout
    let diagram: ArchitectureDiagram

    var contents: String {
        let options = GuideOptions(layout: layout)
        let advice = GuideAdvice(layout: layout)
        let sections: [(String, String)] = [
            ("Architecture", architecture), ("Prerequisites", prerequisites), ("Environment", environment),
            ("Option 1: here, in one command", options.local), ("Option 2: Docker Compose", options.compose),
            ("Option 3: Fly.io", options.fly), ("Option 4: Render, Railway or Heroku", options.platforms),
            ("Option 5: a server of your own", options.server), ("Option 6: Docker Swarm", options.swarm),
            ("Option 7: Kubernetes", options.kubernetes), ("Continuous deployment", options.pipeline),
            ("After a deployment", advice.checks), ("Monitoring", advice.monitoring),
            ("Troubleshooting", advice.troubleshooting), ("Performance", advice.performance),
            ("Security checklist", advice.security), ("Updating and going back", advice.updating),
            ("Backup and restore", advice.backup), ("Scaling", advice.scaling), ("Cost", advice.cost),
        ]
        let list = sections.map { "- [\($0.0)](#\(Self.anchor($0.0)))\n" }.joined()
        return "# Deploying \(layout.app.name)\n\n"
            + "Every name, port and path here comes from this repository; `slipway write` brings the guide up to date and keeps "
            + "what you change in it.\n\n" + list
            + sections.map { "\n## \($0.0)\n\n\($0.1)" }.joined()
    }

    /// As GitHub makes them from headings.
    private static func anchor(_ title: String) -> String {
        title.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }.replacing(" ", with: "-")
    }

    private var architecture: String {
        var table = MarkdownTable(columns: [
            "service", "what it is", "folder", "port", "health check", "image", "needs",
        ])
        for service in layout.app.services {
            let kind = [
                service.role.rawValue, service.framework,
                service.languageVersion.map { "\(service.language ?? "") \($0)" },
            ]
            .compactMap(\.self).joined(separator: ", ")
            table.rows.append([
                service.name, kind, MarkdownTable.code(service.directory),
                layout.port(of: service).map(String.init) ?? "–", MarkdownTable.code(layout.healthPath(of: service)),
                MarkdownTable.code(layout.image(of: service)?.name), service.uses.joined(separator: ", "),
            ])
        }
        let door = layout.front.map { front in
            let behind = layout.upstreams(behind: front).map(\.service.name)
            return behind.isEmpty
                ? "Browsers reach \(front.name)."
                : "Browsers reach \(front.name), which passes what belongs to them on to \(behind.joined(separator: ", "))."
        }
        return "![Services and what they need](deploy/architecture.svg)\n\n```mermaid\n\(diagram.mermaid)```\n\n"
            + (door.map { $0 + "\n\n" } ?? "") + table.text
    }

    private var prerequisites: String {
        var lines = ["- A checkout of this repository and `git`."]
        let builds = layout.app.services.filter { $0.install != nil || $0.build != nil }
        for service in builds {
            let tool = [service.language, service.languageVersion].compactMap(\.self).joined(separator: " ")
            lines.append(
                "- For \(service.name) outside of a container: \(tool.isEmpty ? "its tools" : tool)\(service.packageManager.map { " with \($0)" } ?? "")."
            )
        }
        let packages = Set(layout.app.services.flatMap(\.systemPackages)).sorted()
        if !packages.isEmpty {
            lines.append("- Debian packages that run with it: \(packages.map { "`\($0)`" }.joined(separator: ", ")).")
        }
        lines += [
            "- Docker 24 or newer with Compose 2.20 or newer, for everything with containers.",
            "- An account where it will run, and its tool: `fly`, `kubectl` 1.25, `helm` 3. A server of your own needs only SSH.",
        ]
        let external = layout.app.resources.filter { $0.kind == .external || $0.kind == .s3 }
        for resource in external { lines.append("- An account with \(resource.name), and its credentials.") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var environment: String {
        guard !layout.app.variables.isEmpty else { return "The code reads no variables.\n" }
        var table = MarkdownTable(columns: [
            "variable", "services", "when", "must be given", "secret", "without it", "what for", "read in",
        ])
        for variable in layout.app.variables {
            table.rows.append([
                MarkdownTable.code(variable.name), variable.services.joined(separator: ", "),
                variable.phase == .both ? "build and run" : variable.phase.rawValue, variable.required ? "yes" : "no",
                variable.secret ? "yes" : "no", variable.secret ? "–" : MarkdownTable.code(variable.default),
                variable.purpose ?? "", variable.origins.first.map { "`\($0)`" } ?? "",
            ])
        }
        let builds = layout.app.variables.filter { $0.phase != .run }
        var text = table.text + "\n"
        if !builds.isEmpty {
            text +=
                "Variables of the build end up in files that browsers load, so none may be a secret, and a new value means a new build.\n\n"
        }
        return text + """
            `.env.example` has them all for development, `.env.production.example` for production. Fill a copy and check it:

            ```sh
            cp .env.production.example .env.production
            chmod 600 .env.production
            slipway env --check .env.production
            ```

            """
    }
}

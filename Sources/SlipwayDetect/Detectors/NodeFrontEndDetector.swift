// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Node packages build for browsers: single-page applications, generated sites, rendering servers.
struct NodeFrontEndDetector: Detector {
    let name = "node-front-end"
    var refines: [String] { ["node", "node-server", "static-site"] }
    let account = DetectorAccount(
        recognises:
            "What packages build for browsers or render on a server: Next.js, Nuxt, Remix, React Router, SvelteKit, Astro, Angular, Vite, Create React App and their kin, Nx applications.",
        reads: [
            "dependencies together with configuration files, folders or scripts", "output folders in the configuration",
            "route files for the health path", "proxies of development servers",
        ],
        confidence: "90 %, 60 % for a page with a build script alone")

    func detect(in repository: Repository) -> [Evidence] {
        let fronts = repository.nodeApplications.filter { $0.front != nil }.map(\.project.directory)
        return repository.nodeApplications.flatMap { application -> [Evidence] in
            if isCopy(application.project, inside: fronts, repository.tree) { return [] }
            return application.front.map { evidence($0, application, repository) } ?? []
        }
    }

    /// A package of its own in the source of another front end, without anything that deploys it: what a design tool
    /// wrote, or what the pages were taken from.
    private func isCopy(_ project: NodeProject, inside fronts: [String], _ tree: SourceTree) -> Bool {
        let isInside = fronts.contains { outer in
            outer != project.directory && project.directory.relative(to: outer)?.hasPrefix("src/") == true
        }
        let deployed = ["Dockerfile", "vercel.json", "netlify.toml", "fly.toml", "wrangler.toml"]
        return isInside && !deployed.contains { project.has($0, tree) }
            && !PathText.ancestors(of: project.directory).dropFirst().contains { folder in
                tree.contains(folder.appending(path: "pnpm-workspace.yaml"))
                    || tree.text(folder.appending(path: "package.json"))?.contains("\"workspaces\"") == true
            }
    }

    private func evidence(_ found: NodeFrontEnd, _ application: NodeApplication, _ repository: Repository) -> [Evidence]
    {
        let (project, tree) = (application.project, repository.tree)
        let process = found.role == .ssr ? repository.webProcess(ofNode: project.directory) : Subject.site
        var site = Testimony(Subject(project.directory, process))
        site.say(.role(found.role), file: found.file, line: found.line, found.why, found.confidence)
        site.say(.framework(found.framework), file: found.file, line: found.line, found.why, found.confidence)
        if let output = found.output {
            site.say(.outputDirectory(output), file: found.file, line: found.line, found.why, found.confidence)
        }
        if found.framework == "nextjs", let settings = project.configuration("next.config", tree),
            let base = ScriptSettings(settings, in: tree)?.string("basePath"), base.hasPrefix("/")
        {
            site.say(.path(base), file: settings, "basePath")
        }
        for handed in DevelopmentServer.find(in: project, tree) {
            site.say(.proxied(handed.path), file: handed.file, line: handed.line, "the development server hands it on")
        }
        for page in NodeFileRoutes.pages(project, framework: found.framework) {
            site.say(.page(page.path), file: page.file, "page")
        }
        if let start = found.start {
            site.say(.start(start), file: found.file, line: found.line, found.why, 0.75)
        }
        if let port = found.port {
            site.say(.port(port), file: found.file, line: found.line, "\(found.framework)'s default", 0.5)
        }
        if found.role == .ssr {
            if let rendering = NodeRendering(found, project, tree) {
                site.say(
                    .start(rendering.start), file: rendering.file, line: rendering.line, rendering.why,
                    rendering.confidence)
                if let port = rendering.port {
                    site.say(.port(port), file: rendering.file, line: rendering.line, rendering.why)
                }
            }
            for (place, health) in NodeFileRoutes.health(project, framework: found.framework).prefix(2).enumerated() {
                site.say(.healthPath(health.path), file: health.file, "route file", 0.9 - 0.1 * Double(place))
            }
        }
        let generating = found.framework == "nuxt" && found.role != .ssr ? ["generate"] : []
        let names =
            generating + [
                "build", "build:prod", "build:production", "export", "generate", "docs:build", "build:client",
            ]
        if let build = NodeBuild.find(names, application, repository.tree) {
            site.say(.build(build.command), file: project.manifest.path, line: build.line, build.why)
        } else if found.framework == "vite" {
            site.say(.build("npx vite build"), file: found.file, line: found.line, found.why, Confidence.convention)
        }
        return site.evidence
    }
}

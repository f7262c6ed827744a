// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What a package builds for browsers, or renders for them on a server.
struct NodeFrontEnd: Sendable {
    var framework: String
    var role: Role
    /// Seen from the package's folder.
    var output: String?
    /// Of a server that renders pages; `nil` for files.
    var start: StartCommand?
    var port: UInt16?
    var file: String
    var line: Int?
    var why: String
    var confidence: Double

    /// Strongest first: a framework that builds on another is named before it.
    static func find(in project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let rules: [(NodeProject, SourceTree) -> NodeFrontEnd?] = [
            next, nuxt, reactRouter, svelteKit, astro, fixed, documentation, angular, expo, createReactApp, vue, vite,
            plain,
        ]
        return rules.lazy.compactMap { $0(project, tree) }.first
    }

    private static func made(
        _ framework: String, _ role: Role, by dependency: String, in project: NodeProject, output: String?,
        start: StartCommand? = nil, port: UInt16? = nil
    ) -> NodeFrontEnd {
        NodeFrontEnd(
            framework: framework, role: role, output: output, start: start, port: port, file: project.manifest.path,
            line: project.manifest.dependency(dependency)?.line, why: "depends on \(dependency)",
            confidence: Confidence.code)
    }

    private static func server(_ text: String, host: String? = nil) -> StartCommand {
        // The usual port is no statement: a file that names another one is believed.
        StartCommand(text, portVariable: "PORT", hostVariable: host)
    }

    private static func settings(_ stems: [String], _ project: NodeProject, _ tree: SourceTree) -> ScriptSettings? {
        stems.lazy.compactMap { project.configuration($0, tree) }.first.flatMap { ScriptSettings($0, in: tree) }
    }

    private static func next(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let known = NodeEvidence(project: project, tree: tree)
        guard project.manifest.dependency("next") != nil, known.uses(["next"], configurations: ["next.config"]) else {
            return nil
        }
        let settings = settings(["next.config"], project, tree)
        if settings?.string("output") == "export" {
            return made("nextjs", .static, by: "next", in: project, output: settings?.string("distDir") ?? "out")
        }
        let build = settings?.string("distDir") ?? ".next"
        // The server of a standalone build reads PORT and HOSTNAME (nextjs.org/docs, output). In a workspace it keeps
        // the folders down from its root.
        let inner = project.directory.relative(to: project.workspaceRoot) ?? "."
        let text =
            settings?.string("output") == "standalone"
            ? "node \(build)/standalone/\(inner == "." ? "" : inner + "/")server.js"
            : "npx next start -H ${HOST:-0.0.0.0} -p ${PORT:-3000}"
        return made(
            "nextjs", .ssr, by: "next", in: project, output: nil,
            start: server(text, host: text.hasPrefix("node") ? "HOSTNAME" : "HOST"), port: 3000)
    }

    private static func nuxt(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard project.manifest.dependency("nuxt") != nil || project.manifest.dependency("nuxt3") != nil else {
            return nil
        }
        guard NodeEvidence(project: project, tree: tree).uses(["nuxt", "nuxi"], configurations: ["nuxt.config"]) else {
            return nil
        }
        let settings = settings(["nuxt.config"], project, tree)
        let generates = project.manifest.script("build")?.text.contains("generate") == true
        if generates || settings?.isFalse("ssr", atTop: true) == true {
            return made("nuxt", .spa, by: "nuxt", in: project, output: ".output/public")
        }
        // Nuxt 2: https://v2.nuxt.com/docs/features/deployment-targets
        if settings?.string("target") == "static" {
            let isShell = project.manifest.script("generate")?.text.contains("--spa") == true
            return made("nuxt", isShell ? .spa : .static, by: "nuxt", in: project, output: "dist")
        }
        return made(
            "nuxt", .ssr, by: "nuxt", in: project, output: nil,
            start: server("node .output/server/index.mjs", host: "HOST"), port: 3000)
    }

    private static func reactRouter(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard let dependency = project.manifest.depends(onAny: ["@react-router/dev", "@remix-run/dev"]) else {
            return nil
        }
        let known = NodeEvidence(project: project, tree: tree)
        guard
            known.uses(["remix", "react-router"], configurations: ["remix.config", "react-router.config"])
                || project.has("app/root.tsx", tree) || project.has("app/root.jsx", tree)
        else { return nil }
        let name = dependency.hasPrefix("@remix") ? "remix" : "react-router"
        let settings = settings(["react-router.config", "vite.config"], project, tree)
        if settings?.isFalse("ssr") == true {
            return made(name, .spa, by: dependency, in: project, output: "build/client")
        }
        let serve =
            name == "remix"
            ? "npx remix-serve ./build/server/index.js" : "npx react-router-serve ./build/server/index.js"
        return made(
            name, .ssr, by: dependency, in: project, output: nil, start: server(serve, host: "HOST"), port: 3000)
    }

    private static func svelteKit(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        // A component library is packaged with SvelteKit and shows itself in its routes.
        guard project.manifest.dependency("@sveltejs/kit") != nil,
            project.has("src/app.html", tree) || tree.hasDirectory(project.path("src/routes")),
            !project.isPublished || project.manifest.dependency("@sveltejs/package") == nil
        else { return nil }
        if project.manifest.dependency("@sveltejs/adapter-static") != nil {
            let settings = settings(["svelte.config"], project, tree)
            return made(
                "sveltekit", settings?.string("fallback") == nil ? .static : .spa, by: "@sveltejs/kit", in: project,
                output: settings?.string("pages") ?? "build")
        }
        let adapters = ["vercel", "netlify", "auto", "cloudflare", "cloudflare-workers"].map {
            "@sveltejs/adapter-\($0)"
        }
        if project.manifest.dependency("@sveltejs/adapter-node") == nil,
            project.manifest.depends(onAny: adapters) != nil
        {
            // These build for one platform; everywhere else SvelteKit's own preview serves the same result.
            return made(
                "sveltekit", .ssr, by: "@sveltejs/kit", in: project, output: nil,
                start: server(
                    "npx vite preview --host ${HOST:-0.0.0.0} --port ${PORT:-4173}", host: "HOST"), port: 4173)
        }
        return made(
            "sveltekit", .ssr, by: "@sveltejs/kit", in: project, output: nil,
            start: server("node build", host: "HOST"), port: 3000)
    }

    private static func astro(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let known = NodeEvidence(project: project, tree: tree)
        guard project.manifest.dependency("astro") != nil,
            known.uses(["astro"], configurations: ["astro.config"], folders: ["src/pages"])
        else { return nil }
        let settings = settings(["astro.config"], project, tree)
        let rendered = settings?.string("output")
        // The adapter takes the development server's port for its default.
        let port = settings?.number("port").flatMap { UInt16(exactly: $0) } ?? 4321
        if project.manifest.dependency("@astrojs/node") != nil,
            rendered == "server" || rendered == "hybrid" || settings?.mentions("adapter") == true
        {
            return made(
                "astro", .ssr, by: "astro", in: project, output: nil,
                start: server("node ./dist/server/entry.mjs", host: "HOST"), port: port)
        }
        if rendered == "server" {
            return made(
                "astro", .ssr, by: "astro", in: project, output: nil,
                start: server("npx astro preview --host ${HOST:-0.0.0.0} --port ${PORT:-4321}", host: "HOST"),
                port: port)
        }
        return made(
            "astro", .static, by: "astro", in: project, output: settings?.string("outDir").map(folder) ?? "dist")
    }

    private static func fixed(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let known = NodeEvidence(project: project, tree: tree)
        guard
            let row = NodeFrameworkTable.rows.first(where: {
                project.manifest.dependency($0.dependency) != nil && known.uses($0.programs)
            })
        else { return nil }
        return made(
            row.framework, row.role, by: row.dependency, in: project, output: row.output,
            start: row.start.map { text in row.port.map { _ in server(text, host: "HOST") } ?? StartCommand(text) },
            port: row.port)
    }

    private static func documentation(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let script = project.manifest.script("build")?.text ?? ""
        if project.manifest.dependency("@11ty/eleventy") != nil {
            let output = settings([".eleventy", "eleventy.config"], project, tree)?.string("output")
            return made("eleventy", .static, by: "@11ty/eleventy", in: project, output: output.map(folder) ?? "_site")
        }
        if project.manifest.dependency("vuepress") != nil, script.contains("vuepress") {
            let root =
                ServerCommand.split(script).last { !$0.hasPrefix("-") && $0 != "vuepress" && $0 != "build" } ?? "."
            return made(
                "vuepress", .static, by: "vuepress", in: project, output: root.appending(path: ".vuepress/dist"))
        }
        // A library's manual is built by a script of its own; the package is still a library.
        let isLibrary = project.manifest.root["main"] != nil || project.manifest.root["exports"] != nil
        // Beside another build it is the manual of what that builds.
        let documentation = !script.isEmpty || isLibrary ? script : project.manifest.script("docs:build")?.text ?? ""
        if project.manifest.dependency("vitepress") != nil, documentation.contains("vitepress") {
            let script = documentation
            let root =
                ServerCommand.split(script).last { !$0.hasPrefix("-") && $0 != "vitepress" && $0 != "build" } ?? "."
            return made(
                "vitepress", .static, by: "vitepress", in: project, output: root.appending(path: ".vitepress/dist"))
        }
        return nil
    }

    private static func angular(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard project.manifest.dependency("@angular/core") != nil, let text = tree.text(project.path("angular.json")),
            let root = JSONDocument(parsing: text, dialect: .tolerant).root,
            let first = root["projects"]?.mapping?.entries.first(where: { $0.value["projectType"]?.string != "library" }
            )
        else { return nil }
        let build = first.value.at("architect", "build") ?? first.value.at("targets", "build")
        let path = build?.at("configurations", "production", "outputPath") ?? build?.at("options", "outputPath")
        let base = path?.string ?? path?["base"]?.string ?? "dist/\(first.key)"
        if let inner = path?["browser"]?.string {
            return made(
                "angular", .spa, by: "@angular/core", in: project,
                output: folder(base).appending(path: inner.isEmpty ? "." : inner))
        }
        // The application builder, the default since Angular 17, puts what browsers get into its own folder.
        let isApplication = build?["builder"]?.string?.hasSuffix(":application") == true
        return made(
            "angular", .spa, by: "@angular/core", in: project,
            output: isApplication ? folder(base) + "/browser" : folder(base))
    }

    private static func expo(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        // Without the web's renderer it is an application for telephones.
        guard project.manifest.dependency("expo") != nil, project.manifest.dependency("react-native-web") != nil else {
            return nil
        }
        // A telephone application that goes to the stores renders for browsers only where a script exports it.
        let goesToStores = ["eas.json", "ios/Podfile", "android/build.gradle", "fastlane/Fastfile"].contains {
            project.has($0, tree)
        }
        let scripts = project.manifest.root["scripts"]?.mapping?.entries.compactMap(\.value.string) ?? []
        if goesToStores, !scripts.contains(where: { $0.contains("expo export") && !$0.contains("embed") }) {
            return nil
        }
        return made("expo", .spa, by: "expo", in: project, output: "dist")
    }

    private static func createReactApp(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard let dependency = project.manifest.depends(onAny: ["react-scripts", "@craco/craco", "react-app-rewired"])
        else { return nil }
        // A package that has moved on may still list it.
        if project.manifest.script("build")?.text.contains("vite build") == true { return nil }
        guard project.has("public/index.html", tree) || project.manifest.script("build")?.text.contains("build") == true
        else { return nil }
        let given = project.manifest.script("build")?.text.split(separator: " ").first { $0.hasPrefix("BUILD_PATH=") }
        return made(
            "create-react-app", .spa, by: dependency, in: project,
            output: given.map { folder(String($0.dropFirst(11)).trimmingQuotes) } ?? "build")
    }

    private static func vue(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard project.manifest.dependency("@vue/cli-service") != nil else { return nil }
        return made(
            "vue-cli", .spa, by: "@vue/cli-service", in: project,
            output: settings(["vue.config"], project, tree)?.string("outputDir").map(folder) ?? "dist")
    }

    private static func vite(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        let settings = settings(["vite.config"], project, tree)
        let build = project.manifest.script("build")?.text ?? ""
        guard settings != nil || project.manifest.dependency("vite") != nil || build.contains("vite build") else {
            return nil
        }
        // `build.lib` makes a library; the page beside it is for trying it out.
        if let settings, settings.hasMapping("lib") { return nil }
        if project.isPublished, !build.isEmpty, !build.contains("vite") { return nil }
        let root = settings?.string("root").map(folder) ?? "."
        guard
            tree.contains(project.path(root.appending(path: "index.html")))
                || project.files.contains(where: { $0.hasSuffix("/index.html") && !$0.contains("/public/") })
        else { return nil }
        let words = ServerCommand.split(build)
        let flag = words.firstIndex(of: "--outDir").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        let output = (flag ?? settings?.string("outDir")).map(folder) ?? "dist"
        let place = PathText.normalized(root.appending(path: output)) ?? output
        return NodeFrontEnd(
            framework: "vite", role: .spa, output: place, file: settings?.path ?? project.manifest.path,
            line: settings == nil ? project.manifest.dependency("vite")?.line : nil,
            why: settings == nil ? "depends on vite" : "Vite configuration",
            confidence: Confidence.code)
    }

    /// Any other package that has a page and a build script.
    private static func plain(_ project: NodeProject, _ tree: SourceTree) -> NodeFrontEnd? {
        guard let build = project.manifest.script("build") else { return nil }
        let pages = ["index.html", "src/index.html", "public/index.html", "app/index.html"].first {
            project.has($0, tree)
        }
        if let bundle = NodeBundle.webpack(in: project, tree) { return bundle }
        guard pages != nil else { return generated(project, build, tree) }
        let bundler = project.manifest.depends(onAny: [
            "parcel", "webpack", "esbuild", "rollup", "@rspack/core", "snowpack",
        ])
        // A build script alone compiles styles in many a server's folder.
        guard bundler != nil || ServerCommand.split(build.text).first == "node", !project.isWorkspaceRoot else {
            return nil
        }
        // The page that a server of the same package serves from its own `public` folder is part of that server.
        if pages?.hasPrefix("public/") == true, NodeServer.framework(of: project) != nil { return nil }
        return NodeFrontEnd(
            framework: bundler ?? "javascript", role: .spa, output: "dist", file: project.manifest.path,
            line: build.line,
            why: "a page and a build script", confidence: 0.6)
    }

    /// Pages that a program of the package writes from templates.
    private static func generated(
        _ project: NodeProject, _ build: (text: String, line: Int), _ tree: SourceTree
    ) -> NodeFrontEnd? {
        let output = ["dist", "build", "_site", "out"].first { project.has("\($0)/index.html", tree) }
        let engine = project.manifest.depends(onAny: [
            "pug", "nunjucks", "metalsmith", "handlebars", "ejs", "gulp", "panini", "posthtml", "markdown-it", "marked",
        ])
        guard let output, let engine, NodeServer.framework(of: project) == nil else { return nil }
        return NodeFrontEnd(
            framework: engine, role: .static, output: output, file: project.manifest.path, line: build.line,
            why: "\(output)/index.html and a build script", confidence: 0.6)
    }

    /// Without `./` and trailing slashes.
    private static func folder(_ path: String) -> String { PathText.normalized(path) ?? path }
}

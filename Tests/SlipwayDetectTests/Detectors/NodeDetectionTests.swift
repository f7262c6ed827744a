// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

@Suite struct NodeDetectionTests {
    struct Site: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let files: [String: String]
        let role: Role
        let framework: String
        let output: String?
        let start: String?

        init(
            _ name: String, _ files: [String: String], _ role: Role, _ framework: String, output: String? = nil,
            start: String? = nil
        ) {
            (testDescription, self.files, self.role) = (name, files, role)
            (self.framework, self.output, self.start) = (framework, output, start)
        }
    }

    private static func package(_ dependencies: String..., build: String = "x build", start: String? = nil) -> String {
        let names = dependencies.map { "\"\($0)\": \"1\"" }.joined(separator: ", ")
        let script = start.map { ", \"start\": \"\($0)\"" } ?? ""
        return "{\"dependencies\": {\(names)}, \"scripts\": {\"build\": \"\(build)\"\(script)}}"
    }

    static let sites = [
        Site("Vite", ["package.json": package("vite", "react"), "index.html": ""], .spa, "vite", output: "dist"),
        Site(
            "Vite with its own folder",
            [
                "package.json": package("vite"), "index.html": "",
                "vite.config.ts": "export default { build: { outDir: './out/' } }",
            ], .spa, "vite", output: "out"),
        Site(
            "Create React App",
            ["package.json": package("react-scripts", start: "react-scripts start"), "public/index.html": ""], .spa,
            "create-react-app", output: "build"),
        Site(
            "Angular",
            [
                "package.json": package("@angular/core"),
                "angular.json":
                    "{\"projects\": {\"shop\": {\"architect\": {\"build\": {\"builder\": \"@angular/build:application\", \"options\": {\"outputPath\": \"dist/shop\"}}}}}}",
            ], .spa, "angular", output: "dist/shop/browser"),
        Site(
            "Next.js server", ["package.json": package("next", "react")], .ssr, "nextjs",
            start: "npx next start -H ${HOST:-0.0.0.0} -p ${PORT:-3000}"),
        Site(
            "Next.js on its own port", ["package.json": package("next", start: "next start -p 4000")], .ssr, "nextjs",
            start: "npx next start -p ${PORT:-4000}"),
        Site(
            "Next.js export",
            ["package.json": package("next"), "next.config.mjs": "export default { output: 'export' }"], .static,
            "nextjs", output: "out"),
        Site("Nuxt", ["package.json": package("nuxt")], .ssr, "nuxt", start: "node .output/server/index.mjs"),
        Site(
            "React Router without a server",
            ["package.json": package("@react-router/dev"), "react-router.config.ts": "export default { ssr: false }"],
            .spa, "react-router", output: "build/client"),
        Site(
            "Remix with its own server", ["package.json": package("@remix-run/dev", start: "node ./server.js")], .ssr,
            "remix", start: "npm run start"),
        Site(
            "SvelteKit, static", ["package.json": package("@sveltejs/kit", "@sveltejs/adapter-static")], .static,
            "sveltekit", output: "build"),
        Site("Astro", ["package.json": package("astro")], .static, "astro", output: "dist"),
        Site("Gatsby", ["package.json": package("gatsby")], .static, "gatsby", output: "public"),
        Site("Docusaurus", ["package.json": package("@docusaurus/core")], .static, "docusaurus", output: "build"),
        Site(
            "VitePress", ["package.json": package("vitepress", build: "vitepress build guide")], .static, "vitepress",
            output: "guide/.vitepress/dist"),
        Site(
            "page with a build script", ["package.json": package(), "index.html": ""], .spa, "javascript",
            output: "dist"),
    ]

    @Test(arguments: sites)
    func `a front end is known by what builds it`(_ site: Site) {
        let services = Detection.detect(SourceTree(files: site.files)).services
        #expect(services.count == 1)
        #expect(services.first?.role == site.role)
        #expect(services.first?.framework == site.framework)
        #expect(services.first?.outputDirectory == site.output)
        #expect(services.first?.start == site.start)
    }

    @Test(
        arguments: zip(
            [
                "app.listen(3001)", "app.listen(process.env.PORT || 4000)",
                "const port = Number(process.env.PORT ?? 5000);\napp.listen(port)",
                "const { PORT = 3000 } = process.env\napp.listen(parseInt(process.env.API_PORT || '8081', 10))",
                "app.listen({ port: process.env.PORT || 7000, host: '0.0.0.0' })",
                "import { config } from './config.js'\napp.listen(config.port)",
            ],
            [(3001, nil), (4000, "PORT"), (5000, "PORT"), (8081, "API_PORT"), (7000, "PORT"), (6000, "APP_PORT")]
                as [(UInt16, String?)]))
    func `the port is read where the program listens`(_ code: String, expected: (UInt16, String?)) {
        let spec = Detection.detect(
            SourceTree(files: [
                "package.json":
                    "{\"dependencies\": {\"express\": \"4\"}, \"scripts\": {\"start\": \"node src/index.js\"}}",
                "src/index.js": "import express from 'express'\nconst app = express()\n\(code)\n",
                "src/config.js": "export const config = {\n  name: 'x',\n  port: process.env.APP_PORT || 6000,\n}\n",
            ]))
        #expect(spec.services.first?.port == expected.0)
        #expect(spec.services.first?.portVariable == expected.1)
        #expect(spec.services.first?.start == "node src/index.js")
    }

    @Test func `routes carry the prefixes of the routers around them`() {
        let spec = Detection.detect(
            SourceTree(files: [
                "server/package.json": "{\"dependencies\": {\"express\": \"4\"}, \"main\": \"index.js\"}",
                "server/index.js": """
                const express = require('express')
                const users = require('./routes/users')
                const app = express()
                app.use('/api/v1', users)
                app.use('/api', require('./routes/health'))
                app.listen(3000)
                """,
                "server/routes/users.js":
                    "const router = require('express').Router()\nrouter.get('/users', f)\nmodule.exports = router\n",
                "server/routes/health.js":
                    "const router = require('express').Router()\nrouter.get('/healthz', f)\nmodule.exports = router\n",
                "client/package.json":
                    "{\"devDependencies\": {\"vite\": \"5\"}, \"scripts\": {\"build\": \"vite build\"}}",
                "client/index.html": "",
            ]))
        #expect(spec.service(named: "server")?.healthPath == "/api/healthz")
        #expect(spec.service(named: "server")?.routes == ["/api"])
        #expect(spec.service(named: "client")?.routes == ["/"])
        #expect(spec.service(named: "server")?.start == "node index.js")
    }

    @Test(
        arguments: zip(
            ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "yarn.lock+.yarnrc.yml", "bun.lock", ""],
            [
                "npm ci", "pnpm install --frozen-lockfile", "yarn install --frozen-lockfile",
                "yarn install --immutable", "bun install --frozen-lockfile", "npm install",
            ]))
    func `the lock file names the package manager`(_ locks: String, install: String) {
        var files = ["package.json": Self.package("vite"), "index.html": ""]
        for lock in locks.split(separator: "+") { files[String(lock)] = "" }
        #expect(Detection.detect(SourceTree(files: files)).services.first?.install == install)
    }

    @Test func `two lock files are said, and packageManager settles it`() {
        var files = [
            "package.json": Self.package("vite"), "index.html": "", "yarn.lock": "", "package-lock.json": "{}",
        ]
        #expect(Detection.detect(SourceTree(files: files)).diagnostics.map(\.code) == ["DT004"])
        files["package.json"] = "{\"packageManager\": \"npm@10.1.0\", \"devDependencies\": {\"vite\": \"5\"}}"
        let spec = Detection.detect(SourceTree(files: files))
        #expect(spec.services.first?.packageManager == "npm")
        #expect(spec.diagnostics.isEmpty)
    }

    @Test func `pages without code are a static site, pages of an application are not`() {
        #expect(
            Detection.detect(SourceTree(files: ["index.html": "", "about/index.html": ""])).services.map(\.role) == [
                .static
            ])
        let api = [
            "requirements.txt": "flask", "app.py": "from flask import Flask\napp = Flask(__name__)\n",
            "templates/index.html": "", "static/index.html": "",
        ]
        #expect(Detection.detect(SourceTree(files: api)).services.map(\.role) == [.backend])
    }

    @Test(arguments: [
        [:], ["README.md": "# x"], ["package.json": "{"], ["package.json": "[]"], ["pyproject.toml": "= ="],
        ["docker-compose.yml": "services: [\n"],
        ["Procfile": "\u{0}"], ["Dockerfile": "FROM\n"], ["requirements.txt": "-r requirements.txt\n-r ../../x\n"],
        ["package.json": "{\"scripts\": 3, \"dependencies\": []}"],
    ])
    func `what says nothing gives nothing and stops nothing`(_ files: [String: String]) {
        #expect(Detection.detect(SourceTree(files: files)).services.isEmpty)
    }
}

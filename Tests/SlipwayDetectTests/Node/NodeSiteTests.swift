// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

struct NodeSiteTests {
    static let cases = [
        NodeCase(
            "Create React App and its template",
            [
                "package.json": NodeCase.package("react-scripts", scripts: ["build": "react-scripts build"]),
                "public/index.html": "",
            ], role: .spa, framework: "create-react-app", build: "npm run build", output: "build"),
        NodeCase(
            "Create React App with another folder",
            [
                "package.json": NodeCase.package(
                    "react-scripts", scripts: ["build": "BUILD_PATH='./www' react-scripts build"]),
                "public/index.html": "",
            ], output: "www"),
        NodeCase(
            "Vite",
            [
                "package.json": NodeCase.package(scripts: ["build": "tsc && vite build"], development: "vite"),
                "index.html": "",
            ],
            role: .spa, framework: "vite", output: "dist"),
        NodeCase(
            "Vite with a folder",
            [
                "package.json": NodeCase.package(development: "vite"), "index.html": "",
                "vite.config.ts": "export default defineConfig({ build: { outDir: 'build' } })\n",
            ], output: "build"),
        NodeCase(
            "Vite with a flag",
            [
                "package.json": NodeCase.package(scripts: ["build": "vite build --outDir www"], development: "vite"),
                "index.html": "",
            ], output: "www"),
        NodeCase(
            "Angular's application builder",
            [
                "package.json": NodeCase.package("@angular/core", scripts: ["build": "ng build"]),
                "angular.json":
                    "{\"projects\": {\"shop\": {\"architect\": {\"build\": {\"builder\": \"@angular/build:application\"}}}}}",
            ],
            role: .spa, framework: "angular", output: "dist/shop/browser"),
        NodeCase(
            "Angular's browser builder",
            [
                "package.json": NodeCase.package("@angular/core", scripts: ["build": "ng build"]),
                "angular.json":
                    "{\"projects\": {\"shop\": {\"architect\": {\"build\": {\"builder\": \"@angular-devkit/build-angular:browser\", \"options\": {\"outputPath\": \"www\"}}}}}}",
            ],
            output: "www"),
        NodeCase(
            "Vue CLI",
            [
                "package.json": NodeCase.package(
                    scripts: ["build": "vue-cli-service build"], development: "@vue/cli-service"),
                "public/index.html": "", "vue.config.js": "module.exports = { outputDir: 'web' }\n",
            ], framework: "vue-cli", output: "web"),
        NodeCase(
            "Gatsby", ["package.json": NodeCase.package("gatsby", scripts: ["build": "gatsby build"])], role: .static,
            output: "public"),
        NodeCase(
            "Docusaurus",
            ["package.json": NodeCase.package("@docusaurus/core", scripts: ["build": "docusaurus build"])],
            role: .static, output: "build"),
        NodeCase(
            "Eleventy",
            ["package.json": NodeCase.package(scripts: ["build": "eleventy"], development: "@11ty/eleventy")],
            role: .static, framework: "eleventy", output: "_site"),
        NodeCase(
            "VitePress",
            [
                "package.json": NodeCase.package(
                    scripts: ["docs:build": "vitepress build docs"], development: "vitepress")
            ],
            role: .static, build: "npm run docs:build", output: "docs/.vitepress/dist"),
        NodeCase(
            "Expo for browsers",
            ["package.json": NodeCase.package("expo react-native-web", scripts: ["build": "expo export -p web"])],
            role: .spa, framework: "expo", output: "dist"),
        NodeCase(
            "Quasar",
            ["package.json": NodeCase.package(scripts: ["build": "quasar build"], development: "@quasar/app-vite")],
            output: "dist/spa"),
        NodeCase(
            "a page beside a script that only compiles styles",
            [
                "package.json": NodeCase.package(scripts: ["build": "tailwindcss -o a.css"]), "app/index.html": "",
                "requirements.txt": "requests\n",
            ], in: "app", role: .static),
        NodeCase(
            "a server that serves the bundle of its own package",
            [
                "package.json": NodeCase.package(
                    "express", scripts: ["build": "vite build", "start": "node server.js"], development: "vite"),
                "index.html": "", "server.js": "app.use(express.static('dist'));\napp.listen(3000)\n",
            ], count: 2, role: .backend,
            start: "node server.js"),
        NodeCase(
            "a server and the bundle of a neighbour",
            [
                "server/package.json": NodeCase.package("express", scripts: ["start": "node a.js"]),
                "server/a.js": "app.use(express.static('../client/build'))\napp.listen(5000)\n",
                "client/package.json": NodeCase.package("react-scripts", scripts: ["build": "react-scripts build"]),
                "client/public/index.html": "",
                "package.json": NodeCase.package(scripts: ["start": "concurrently 'npm start --prefix server'"]),
            ],
            count: 2, in: "client", role: .spa, output: "build"),
    ]

    @Test(arguments: cases)
    func `a front end's files are where its tool puts them`(_ given: NodeCase) { given.check() }
}

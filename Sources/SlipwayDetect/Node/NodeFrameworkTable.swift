// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Frameworks whose output always lies in the same place.
enum NodeFrameworkTable {
    struct Row: Sendable {
        let dependency: String
        let framework: String
        let role: Role
        /// First words of the tool in scripts.
        let programs: [String]
        var output: String?
        var start: String?
        var port: UInt16?
    }

    /// Strongest first. Output folders and commands are those of each project's deployment page.
    static let rows: [Row] = [
        Row(
            dependency: "@tanstack/react-start", framework: "tanstack-start", role: .ssr, programs: ["vite", "vinxi"],
            start: "node .output/server/index.mjs", port: 3000),
        Row(
            dependency: "@solidjs/start", framework: "solid-start", role: .ssr, programs: ["vinxi", "vite"],
            start: "node .output/server/index.mjs", port: 3000),
        Row(
            dependency: "@analogjs/platform", framework: "analog", role: .ssr, programs: ["vite", "ng"],
            start: "node dist/analog/server/index.mjs", port: 3000),
        Row(
            dependency: "waku", framework: "waku", role: .ssr, programs: ["waku"], start: "npx waku start", port: 8080),
        Row(dependency: "gatsby", framework: "gatsby", role: .static, programs: ["gatsby"], output: "public"),
        Row(dependency: "hexo", framework: "hexo", role: .static, programs: ["hexo"], output: "public"),
        Row(dependency: "rspress", framework: "rspress", role: .static, programs: ["rspress"], output: "doc_build"),
        Row(
            dependency: "@docusaurus/core", framework: "docusaurus", role: .static, programs: ["docusaurus"],
            output: "build"),
        Row(dependency: "@slidev/cli", framework: "slidev", role: .spa, programs: ["slidev"], output: "dist"),
        Row(dependency: "@quasar/app-vite", framework: "quasar", role: .spa, programs: ["quasar"], output: "dist/spa"),
        Row(
            dependency: "@quasar/app-webpack", framework: "quasar", role: .spa, programs: ["quasar"],
            output: "dist/spa"),
        Row(dependency: "@umijs/max", framework: "umi", role: .spa, programs: ["max", "umi"], output: "dist"),
        Row(dependency: "umi", framework: "umi", role: .spa, programs: ["umi"], output: "dist"),
        Row(dependency: "ember-cli", framework: "ember", role: .spa, programs: ["ember", "vite"], output: "dist"),
        Row(dependency: "@rsbuild/core", framework: "rsbuild", role: .spa, programs: ["rsbuild"], output: "dist"),
        Row(dependency: "preact-cli", framework: "preact", role: .spa, programs: ["preact"], output: "build"),
        Row(dependency: "elm-pages", framework: "elm-pages", role: .static, programs: ["elm-pages"], output: "dist"),
    ]
}

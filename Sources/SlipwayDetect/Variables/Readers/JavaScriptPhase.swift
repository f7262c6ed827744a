// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// When the tools of front ends look at a variable.
enum JavaScriptPhase {
    private static let buildFiles: Set<String> = [
        "vite.config", "webpack.config", "rollup.config", "rsbuild.config", "rspack.config", "astro.config",
        "svelte.config", "tailwind.config", "postcss.config", "vue.config", "craco.config", "gatsby-config",
        "tsup.config", "esbuild.config", "babel.config", "docusaurus.config", "quasar.config", "app.config",
    ]

    static func of(_ name: String, in path: String, isBuildObject: Bool) -> Variable.Phase {
        if isBuildObject || EnvironmentName.isBaked(name) { return .build }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = file.lastIndex(of: ".") else { return .run }
        let stem = String(file[..<dot])
        if buildFiles.contains(stem) { return .build }
        // Read by `next build` and again by `next start`; the same for Nuxt.
        return stem == "next.config" || stem == "nuxt.config" ? .both : .run
    }
}

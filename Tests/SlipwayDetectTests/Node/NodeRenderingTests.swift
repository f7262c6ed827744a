// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

struct NodeRenderingTests {
    private static let next = ["build": "next build", "start": "next start"]

    static let cases = [
        NodeCase(
            "Next.js", ["package.json": NodeCase.package("next", scripts: next), "app/page.tsx": ""], role: .ssr,
            framework: "nextjs", start: "npx next start -H ${HOST:-0.0.0.0} -p ${PORT:-3000}", port: 3000),
        NodeCase(
            "Next.js, port in the script",
            [
                "package.json": NodeCase.package(
                    "next", scripts: ["build": "next build", "start": "next start --port 3004"])
            ],
            start: "npx next start -H ${HOST:-0.0.0.0} -p ${PORT:-3004}", port: 3004),
        NodeCase(
            "Next.js, short flag", ["package.json": NodeCase.package("next", scripts: ["start": "next start -p 3002"])],
            port: 3002),
        NodeCase(
            "Next.js with a server of its own",
            [
                "package.json": NodeCase.package(
                    "next express", scripts: ["start": "NODE_ENV=production node server.js"]),
                "next.config.js": "", "server.js": "server.listen(process.env.PORT || 3100)\n",
            ], role: .ssr, start: "npm run start", port: 3100),
        NodeCase(
            "Next.js exported",
            [
                "package.json": NodeCase.package("next", scripts: next),
                "next.config.mjs": "export default { output: 'export' }\n",
            ],
            role: .static, output: "out"),
        NodeCase(
            "Next.js exported elsewhere",
            [
                "package.json": NodeCase.package("next", scripts: next),
                "next.config.js": "module.exports = { output: 'export', distDir: 'www' }\n",
            ], role: .static, output: "www"),
        NodeCase(
            "health route of the app router",
            ["package.json": NodeCase.package("next", scripts: next), "src/app/(main)/api/health/route.ts": ""],
            health: "/api/health"),
        NodeCase(
            "health route of the pages router",
            ["package.json": NodeCase.package("next", scripts: next), "pages/api/healthz.js": ""],
            health: "/api/healthz"),
        NodeCase(
            "a page about health is no check",
            [
                "package.json": NodeCase.package("nuxt", scripts: ["build": "nuxt build"]), "nuxt.config.ts": "",
                "pages/health.vue": "", "server/api/ready/index.ts": "",
            ], framework: "nuxt", port: 3000,
            health: "/api/ready"),
        NodeCase(
            "Nuxt with a verb in the file name",
            ["package.json": NodeCase.package("nuxt"), "nuxt.config.ts": "", "server/api/health.get.ts": ""],
            start: "node .output/server/index.mjs", health: "/api/health"),
        NodeCase(
            "Nuxt, server route",
            ["package.json": NodeCase.package("nuxt"), "nuxt.config.ts": "", "server/routes/healthz.ts": ""],
            health: "/healthz"),
        NodeCase(
            "Nuxt without rendering",
            ["package.json": NodeCase.package("nuxt"), "nuxt.config.ts": "export default { ssr: false }\n"],
            role: .spa, output: ".output/public"),
        NodeCase(
            "Nuxt generated", ["package.json": NodeCase.package("nuxt", scripts: ["build": "nuxt generate"])],
            role: .spa, output: ".output/public"),
        NodeCase(
            "Remix with the bundle of its first compiler",
            [
                "package.json": NodeCase.package(
                    "@remix-run/serve", scripts: ["build": "remix build", "start": "remix-serve ./build/index.js"],
                    development: "@remix-run/dev"), "app/routes/healthcheck.tsx": "",
            ], framework: "remix", start: "npx remix-serve ./build/index.js", port: 3000, health: "/healthcheck"),
        NodeCase(
            "React Router with a server of its own",
            [
                "package.json": NodeCase.package(
                    "express react-router",
                    scripts: ["build": "react-router build", "start": "cross-env NODE_ENV=production node index.ts"],
                    development: "@react-router/dev"),
                "index.ts": "import './server'\n", "app/routes/resources/healthcheck.tsx": "",
            ], role: .ssr, framework: "react-router", start: "npm run start", health: "/resources/healthcheck"),
        NodeCase(
            "flat routes with folders",
            [
                "package.json": NodeCase.package(
                    scripts: ["build": "react-router build"], development: "@react-router/dev"),
                "app/routes/_public+/api.healthz.ts": "",
            ], health: "/api/healthz"),
        NodeCase(
            "React Router for browsers",
            [
                "package.json": NodeCase.package(
                    scripts: ["build": "react-router build"], development: "@react-router/dev"),
                "react-router.config.ts": "export default { ssr: false };\n",
            ], role: .spa, output: "build/client"),
        NodeCase(
            "SvelteKit",
            [
                "package.json": NodeCase.package(development: "@sveltejs/kit @sveltejs/adapter-node"),
                "src/app.html": "", "src/routes/health/+server.ts": "",
            ], role: .ssr, start: "node build", port: 3000,
            health: "/health"),
        NodeCase(
            "SvelteKit as files",
            [
                "package.json": NodeCase.package(development: "@sveltejs/kit @sveltejs/adapter-static"),
                "src/app.html": "", "svelte.config.js": "adapter({ pages: 'out' })\n",
            ], role: .static, output: "out"),
        NodeCase(
            "SvelteKit with a page for unknown paths",
            [
                "package.json": NodeCase.package(development: "@sveltejs/kit @sveltejs/adapter-static"),
                "src/app.html": "", "svelte.config.js": "adapter({ fallback: 'index.html' })\n",
            ], role: .spa, output: "build"),
        NodeCase(
            "Astro as files", ["package.json": NodeCase.package("astro", scripts: ["build": "astro build"])],
            role: .static,
            output: "dist"),
        NodeCase(
            "Astro that renders",
            [
                "package.json": NodeCase.package("astro @astrojs/node", scripts: ["build": "astro build"]),
                "astro.config.mjs": "export default { output: 'server', adapter: node({ mode: 'standalone' }) }\n",
                "src/pages/api/health.ts": "",
            ], role: .ssr, start: "node ./dist/server/entry.mjs", port: 4321,
            health: "/api/health"),
        NodeCase(
            "TanStack Start",
            ["package.json": NodeCase.package("@tanstack/react-start", scripts: ["build": "vite build"])],
            role: .ssr, framework: "tanstack-start", start: "node .output/server/index.mjs"),
    ]

    @Test(arguments: cases)
    func `a rendering server is started by its own script or its framework`(_ given: NodeCase) { given.check() }
}

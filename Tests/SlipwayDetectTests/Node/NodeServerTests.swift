// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

struct NodeServerTests {
    private static let listen = "const app = express();\napp.listen(process.env.PORT || 4000);\n"

    static let cases = [
        NodeCase(
            "start runs the server",
            ["package.json": NodeCase.package("express", scripts: ["start": "node index.js"]), "index.js": listen],
            role: .backend, framework: "express", start: "node index.js", port: 4000),
        NodeCase(
            "start watches, start:prod does not",
            [
                "package.json": NodeCase.package(
                    "koa", scripts: ["start": "nodemon", "start:prod": "cross-env NODE_ENV=production node app.js"]),
                "app.js": "app.listen(3005)\n",
            ], role: .backend, framework: "koa", start: "npm run start:prod", port: 3005),
        NodeCase(
            "start is a shell script that calls Compose and a watcher",
            [
                "package.json": NodeCase.package(
                    "express", scripts: ["start": "bin/start.sh", "serve": "node src/server.mjs"]),
                "bin/start.sh": "docker-compose up -d\nnodemon src/server.mjs\n", "src/server.mjs": listen,
            ], start: "node src/server.mjs", port: 4000),
        NodeCase(
            "only a watcher",
            [
                "package.json": NodeCase.package("express", scripts: ["dev": "nodemon src/server.js"]),
                "src/server.js": listen,
            ], start: "node src/server.js"),
        NodeCase(
            "only a watcher, of TypeScript that is compiled",
            [
                "package.json": NodeCase.package(
                    "express", scripts: ["dev": "ts-node-dev --respawn src/server.ts", "build": "tsc"],
                    development: "typescript"),
                "tsconfig.json":
                    "{ // comments\n \"compilerOptions\": { \"outDir\": \"./dist\", \"rootDir\": \"src\", } }",
                "src/server.ts": listen,
            ], start: "node dist/server.js", build: "npm run build"),
        NodeCase(
            "only a watcher, of TypeScript that nothing compiles",
            [
                "package.json": NodeCase.package("fastify", scripts: ["dev": "tsx watch src/main.ts"]),
                "src/main.ts": "await app.listen({ port: 8080, host: '0.0.0.0' });\n",
            ], framework: "fastify", start: "npx tsx src/main.ts", port: 8080),
        NodeCase(
            "start calls another script",
            [
                "package.json": NodeCase.package("express", scripts: ["start": "npm run dev", "dev": "nodemon a.js"]),
                "a.js": listen,
            ], start: "node a.js"),
        NodeCase(
            "start migrates first",
            [
                "package.json": NodeCase.package(
                    "express @prisma/client", scripts: ["start": "prisma migrate deploy && node a.js"]),
                "a.js": listen, "prisma/schema.prisma": "datasource db {\n  provider = \"mysql\"\n}\n",
                "prisma/migrations/1_a/migration.sql": "",
            ], start: "node a.js", release: "npx prisma migrate deploy", resources: [.mysql]),
        NodeCase(
            "the port is an assignment in the script",
            ["package.json": NodeCase.package("express", scripts: ["start": "PORT=4100 node a.js"]), "a.js": listen],
            port: 4100),
        NodeCase(
            "the port stands in the environment template alone",
            [
                "package.json": NodeCase.package("express", scripts: ["start": "node a.js"]),
                "a.js": "app.listen(process.env.PORT);\n", ".env.example": "# x\nPORT = 5001\n",
            ], port: 5001),
        NodeCase(
            "NestJS without a script for production",
            [
                "package.json": NodeCase.package(
                    "@nestjs/core", scripts: ["start": "nest start", "build": "nest build"]),
                "src/main.ts": "await app.listen(process.env.PORT ?? 3001);\n",
            ], framework: "nestjs", start: "node dist/main", port: 3001),
        NodeCase(
            "AdonisJS",
            [
                "package.json": NodeCase.package(
                    "@adonisjs/core @adonisjs/lucid pg",
                    scripts: ["start": "node bin/server.js", "build": "node ace build"]),
                "bin/server.ts": "new Ignitor()\n", "database/migrations/1_a.ts": "",
            ], framework: "adonisjs", start: "node build/bin/server.js", port: 3333,
            release: "node ace migration:run --force", resources: [.postgres]),
        NodeCase(
            "Sails",
            [
                "package.json": NodeCase.package(
                    "sails", scripts: ["start": "nodemon", "start:prod": "node app.js --prod"]),
                "app.js": "sails.lift(rc('sails'));\n",
            ], framework: "sails", start: "node app.js --prod", port: 1337),
        NodeCase(
            "Hono that Bun serves",
            [
                "package.json": NodeCase.package("hono", scripts: ["dev": "bun run --hot src/index.ts"]),
                "bun.lock": "",
                "src/index.ts": "const app = new Hono()\nexport default { port: 3030, fetch: app.fetch }\n",
            ], framework: "hono", port: 3030),
        NodeCase(
            "Apollo's own server",
            [
                "package.json": NodeCase.package("@apollo/server", scripts: ["start": "node index.js"]),
                "index.js": "await startStandaloneServer(server, { listen: { port: 4400 } });\n",
            ], framework: "apollo", port: 4400),
        NodeCase(
            "Strapi",
            [
                "package.json": NodeCase.package(
                    "@strapi/strapi", scripts: ["start": "strapi start", "develop": "strapi develop"])
            ],
            framework: "strapi", start: "npm run start", port: 1337),
        NodeCase(
            "no framework",
            [
                "package.json": NodeCase.package(scripts: ["start": "node s.js"]),
                "s.js": "require('node:http').createServer(f).listen(9090)\n",
            ], role: .backend, framework: "node", port: 9090),
    ]

    @Test(arguments: cases)
    func `a server is started as production starts it`(_ given: NodeCase) { given.check() }

    static let nothing = [
        NodeCase(
            "tools of a repository",
            ["package.json": NodeCase.package(scripts: ["lint": "eslint ."], development: "husky prettier")], count: 0),
        NodeCase("a lock file alone", ["package-lock.json": "{}"], count: 0),
        NodeCase(
            "a library that is published",
            ["package.json": NodeCase.package("ws", more: "\"files\": [\"lib\"]"), "lib/a.js": "server.listen(1)\n"],
            count: 0),
        NodeCase(
            "a history that is listened to",
            ["package.json": NodeCase.package("history"), "a.js": "history.listen(() => {})\n"], count: 0),
        NodeCase(
            "an editor's extension",
            ["package.json": NodeCase.package("express", more: "\"engines\": {\"vscode\": \"1\"}"), "a.js": listen],
            count: 0),
        NodeCase(
            "a component library that tries itself out",
            [
                "package.json": NodeCase.package(scripts: ["build": "vite build"], development: "vite"),
                "index.html": "",
                "vite.config.ts": "export default { build: { lib: { entry: 'src/index.ts' } } }\n",
            ], count: 0),
        NodeCase(
            "components for Next.js", ["package.json": NodeCase.package(development: "next react"), "a.tsx": ""],
            count: 0),
    ]

    @Test(arguments: nothing)
    func `what nobody deploys is no service`(_ given: NodeCase) { given.check() }
}

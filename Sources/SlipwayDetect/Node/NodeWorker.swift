// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A process of a package that takes work from a queue, a clock or a chat instead of a port.
struct NodeWorker: Sendable {
    let name: String
    let command: String
    let line: Int?
    let why: String
    let confidence: Double

    private static let words: Set<String> = [
        "worker", "workers", "queue", "queues", "consumer", "scheduler", "cron", "jobs", "bot", "listener", "daemon",
        "processor", "background",
    ]
    private static let decoration: Set<String> = ["start", "run", "prod", "production", "serve", "node"]
    private static let programs: Set<String> = [
        "node", "tsx", "ts-node", "bun", "npx", "dotenv", "cross-env", "graphile-worker", "babel-node", "temporal",
        "env-cmd", "ts-node-esm", "swc-node", "nodemon", "ts-node-dev", "tsnd", "dotenvx",
    ]
    /// Browsers' workers, deployment tools and generators share the word.
    private static let otherWorkers = [
        "wrangler", "partytown", "msw", "workbox", "service-worker", "esbuild", "webpack", "docker", "vite",
    ]
    /// Libraries whose user waits for work.
    private static let libraries = [
        "bullmq", "bull", "bee-queue", "agenda", "pg-boss", "graphile-worker", "@temporalio/worker", "amqplib",
        "kafkajs", "node-cron", "node-schedule", "cron", "bree", "discord.js", "telegraf", "grammy",
        "node-telegram-bot-api", "sqs-consumer", "mqtt", "nats", "@langchain/langgraph", "whatsapp-web.js",
    ]

    /// Scripts whose name says it.
    static func scripts(of project: NodeProject, _ tree: SourceTree) -> [NodeWorker] {
        var found: [NodeWorker] = []
        var names: Set<String> = []
        let entries = (project.manifest.root["scripts"]?.mapping?.entries ?? []).map(\.key)
        // `worker:prod` and `start:worker` before `worker`, so that the better of two is taken.
        for script in entries.sorted(by: { ($1.contains("prod") ? 1 : 0, $0) < ($0.contains("prod") ? 1 : 0, $1) }) {
            let parts = script.split { $0 == ":" || $0 == "-" || $0 == "_" }.map(String.init)
            let kept = parts.filter { !decoration.contains($0) }
            guard kept.contains(where: words.contains), kept.count <= 2,
                !kept.contains(where: {
                    [
                        "dev", "watch", "build", "test", "debug", "deploy", "types", "generate", "docker", "local",
                        "e2e",
                        "logs", "stop", "clean", "clear", "lint", "typecheck", "compile", "retry", "list", "status",
                        "run1", "once", "pm2", "reset", "create",
                    ].contains($0)
                }), let text = NodeScript(script, of: project, tree), !text.delegates, !text.servesFiles,
                !otherWorkers.contains(where: text.text.contains)
            else { continue }
            let program = ServerCommand.split(text.text).first { !$0.contains("=") } ?? ""
            guard programs.contains(program) else { continue }
            let command = text.isDevelopment ? text.withoutWatching : text.command(project)
            let name = kept.joined(separator: "-")
            guard let command, names.insert(name).inserted else { continue }
            found.append(
                NodeWorker(
                    name: name, command: command, line: text.line, why: "\(script): \(text.text)",
                    confidence: Confidence.toolFile))
        }
        return found
    }

    /// A package that does nothing but wait for work.
    static func only(in project: NodeProject, _ tree: SourceTree) -> NodeWorker? {
        let manifest = project.manifest
        let library = libraries.first { manifest.production($0) != nil }
        // `apps/worker` with a program to start says it by its name.
        let isNamed = project.directory.lastPathComponent.split { $0 == "-" || $0 == "_" }
            .contains { words.contains(String($0)) }
        guard let reason = library.map({ "depends on \($0)" }) ?? (isNamed ? "is named so" : nil) else { return nil }
        let line = library.flatMap { manifest.production($0)?.line }
        if let script = NodeStart.script(of: project, tree) {
            return NodeWorker(
                name: "worker", command: script.command(project), line: script.line,
                why: "no port, \(reason); \(script.name): \(script.text)", confidence: Confidence.dependency
            )
        }
        let watched = ["start", "dev"].lazy.compactMap { NodeScript($0, of: project, tree)?.withoutWatching }.first
        guard let command = watched else { return nil }
        return NodeWorker(
            name: "worker", command: command, line: line, why: "no port, \(reason)", confidence: 0.6)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// NestJS programs that listen to a transport instead of HTTP (docs.nestjs.com/microservices/basics), alone or as
/// applications of NestJS's monorepo mode (docs.nestjs.com/cli/monorepo).
enum NestPrograms {
    private static let serves = ByteSearch(["nestfactory.create(", "nestfactory.create<"])
    private static let waits = ByteSearch(["createmicroservice", "createapplicationcontext"])

    /// Whether no program of the package answers HTTP.
    static func isOnlyWorker(_ project: NodeProject, _ tree: SourceTree) -> Bool {
        guard project.manifest.production("@nestjs/core") != nil else { return false }
        let entries = project.scripts.filter { $0.lastPathComponent == "main.ts" || $0.lastPathComponent == "main.js" }
        let bytes = entries.map { tree.bytes($0) ?? [] }
        return bytes.contains { waits.isFound(in: $0) } && !bytes.contains { serves.isFound(in: $0) }
    }

    static func workers(of project: NodeProject, _ tree: SourceTree) -> [NodeWorker] {
        guard project.manifest.production("@nestjs/core") != nil else { return [] }
        let settings = tree.text(project.path("nest-cli.json")).flatMap { JSONText.root(of: $0) }
        let applications = (settings?["projects"]?.mapping?.entries ?? []).filter {
            $0.value["type"]?.string == "application"
        }
        guard applications.count > 1 else {
            guard isOnlyWorker(project, tree), project.manifest.depends(onAny: ["@nestjs/microservices"]) != nil else {
                return []
            }
            let script = NodeStart.script(of: project, tree)
            return [
                NodeWorker(
                    name: "worker", command: script?.command(project) ?? "node dist/main", line: script?.line,
                    why: "a NestJS microservice", confidence: Confidence.toolFile)
            ]
        }
        return applications.compactMap { entry in
            let source = entry.value["sourceRoot"]?.string ?? "apps/\(entry.key)/src"
            let file = entry.value["entryFile"]?.string ?? "main"
            guard let bytes = tree.bytes(project.path(source).appending(path: "\(file).ts")), waits.isFound(in: bytes),
                !serves.isFound(in: bytes)
            else { return nil }
            return NodeWorker(
                name: entry.key, command: "node dist/apps/\(entry.key)/\(file)", line: nil,
                why: "a NestJS microservice of nest-cli.json", confidence: Confidence.toolFile)
        }
    }
}

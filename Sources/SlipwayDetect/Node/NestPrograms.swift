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

    /// One of several applications of a package.
    struct Application {
        let name: String
        /// With a slash at the end.
        let folder: String
        /// The source file where it starts.
        let file: String
        /// Whether the package's own start script, or the settings' default, runs this one.
        let isMain: Bool
        let command: String
    }

    /// Those that nest-cli.json names, when there are several.
    static func applications(of project: NodeProject, _ tree: SourceTree) -> [Application] {
        guard project.manifest.production("@nestjs/core") != nil,
            let settings = tree.text(project.path("nest-cli.json")).flatMap({ JSONText.root(of: $0) })
        else { return [] }
        let named = (settings["projects"]?.mapping?.entries ?? []).filter { $0.value["type"]?.string == "application" }
        guard named.count > 1 else { return [] }
        let start = NodeStart.script(of: project, tree)?.text ?? ""
        let isStarted = named.first { start.contains("/\($0.key)/") }?.key
        return named.map { entry in
            let root = entry.value["root"]?.string ?? "apps/\(entry.key)"
            let source = entry.value["sourceRoot"]?.string ?? "\(root)/src"
            let file = entry.value["entryFile"]?.string ?? "main"
            return Application(
                name: entry.key, folder: project.path(root) + "/",
                file: project.path(source).appending(path: "\(file).ts"),
                isMain: isStarted.map { $0 == entry.key } ?? (settings["root"]?.string == root),
                command: "node dist/apps/\(entry.key)/\(file)")
        }
    }

    /// Where the monorepo mode puts the default program, which `nest build` builds without a name; `nil` where the
    /// package's own start script runs one that is built.
    static func defaultCommand(of project: NodeProject, _ tree: SourceTree) -> String? {
        guard project.manifest.production("@nestjs/core") != nil,
            let settings = tree.text(project.path("nest-cli.json")).flatMap({ JSONText.root(of: $0) }),
            settings["monorepo"]?.bool == true, let root = settings["root"]?.string,
            let projects = settings["projects"]?.mapping?.entries
        else { return nil }
        let start = NodeStart.script(of: project, tree)?.text ?? ""
        guard let main = projects.first(where: { $0.value["root"]?.string == root }),
            !projects.contains(where: { start.contains("/\($0.key)/") }),
            start.isEmpty || start.contains("dist/") || start.contains("nest start")
        else { return nil }
        return "node dist/\(root)/\(main.value["entryFile"]?.string ?? "main")"
    }

    /// The applications that answer HTTP beside the one that the package's start script runs, each as a server that
    /// has only its own files.
    static func servers(
        among applications: [Application], of project: NodeProject, _ tree: SourceTree
    ) -> [(name: String, server: NodeServer)] {
        applications.filter { application in
            guard !application.isMain, let bytes = tree.bytes(application.file) else { return false }
            // A function of a library may create it.
            return serves.isFound(in: bytes) || !waits.isFound(in: bytes)
        }
        .compactMap { application in
            let others = applications.filter { $0.name != application.name }.map(\.folder)
            guard var server = NodeServer(project.without(others), tree) else { return nil }
            let listening = server.listening
            server.start = StartCommand(
                application.command, port: listening.port, portVariable: listening.portVariable,
                hostVariable: listening.hostVariable)
            server.startFile = project.path("nest-cli.json")
            server.startLine = nil
            server.startWhy = "an application of nest-cli.json"
            server.startConfidence = Confidence.toolFile
            server.build = "npx nest build \(application.name)"
            return (application.name, server)
        }
    }

    static func workers(
        among applications: [Application], of project: NodeProject, _ tree: SourceTree
    ) -> [NodeWorker] {
        guard project.manifest.production("@nestjs/core") != nil else { return [] }
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
        return applications.compactMap { application in
            guard let bytes = tree.bytes(application.file), waits.isFound(in: bytes), !serves.isFound(in: bytes) else {
                return nil
            }
            return NodeWorker(
                name: application.name, command: application.command, line: nil,
                why: "a NestJS microservice of nest-cli.json", confidence: Confidence.toolFile)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Node programs that listen: Express and the other frameworks, or `node:http` alone.
struct NodeServerDetector: Detector {
    let name = "node-server"
    var refines: [String] { ["node"] }

    func detect(in repository: Repository) -> [Evidence] {
        repository.node.flatMap { project -> [Evidence] in
            let front = repository.frontEnds[project.directory]
            guard front?.role != .ssr, let server = repository.nodeServers[project.directory] else { return [] }
            // A development server inside a front end's package is no service.
            if front != nil, NodeServer.frameworks.allSatisfy({ project.manifest.production($0.0) == nil }) {
                return []
            }
            if server.framework == "node", repository.hasPythonService(in: project.directory) { return [] }
            return evidence(server, project)
        }
    }

    private func evidence(_ server: NodeServer, _ project: NodeProject) -> [Evidence] {
        let subject = Subject(project.directory, Subject.web)
        func claim(_ claim: Claim, _ file: String, _ line: Int?, _ why: String, _ confidence: Double) -> Evidence {
            .claim(claim, for: subject, file: file, line: line, why: why, confidence: confidence)
        }
        var found = [
            claim(.role(.backend), server.file, server.line, server.why, server.confidence),
            claim(.start(server.start), server.startFile, server.startLine, server.startWhy, server.startConfidence),
            claim(.port(3000), server.file, nil, "usual port of Node servers", Confidence.convention),
        ]
        if let framework = server.framework {
            found.append(
                claim(.framework(framework), project.manifest.path, nil, "production dependency", Confidence.code))
        }
        if let port = server.listening.port, let file = server.listening.file {
            found.append(claim(.port(port), file, server.listening.line, "listens on it", Confidence.code))
        }
        if let build = server.build, let script = project.manifest.script("build") {
            found.append(claim(.build(build), project.manifest.path, script.line, script.text, Confidence.code))
        }
        for route in server.routes.routes {
            found.append(claim(.path(route.path), route.file, route.line, "route", Confidence.code))
        }
        let healthy = server.routes.routes.compactMap { route in HealthPath.rank(route.path).map { (route, $0) } }
            .sorted { ($0.1, $0.0.path) < ($1.1, $1.0.path) }
        for (place, item) in healthy.prefix(2).enumerated() {
            found.append(
                claim(
                    .healthPath(item.0.path), item.0.file, item.0.line, "health route",
                    Confidence.code - 0.1 * Double(place)))
        }
        return found
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Node packages build for browsers: single-page applications, generated sites, rendering servers.
struct NodeFrontEndDetector: Detector {
    let name = "node-front-end"
    var refines: [String] { ["node", "node-server", "static-site"] }

    func detect(in repository: Repository) -> [Evidence] {
        repository.node.flatMap { project -> [Evidence] in
            guard let found = repository.frontEnds[project.directory] else { return [] }
            let subject = Subject(project.directory, found.role == .ssr ? Subject.web : Subject.site)
            func claim(_ claim: Claim, _ confidence: Double? = nil) -> Evidence {
                .claim(
                    claim, for: subject, file: found.file, line: found.line, why: found.why,
                    confidence: confidence ?? found.confidence)
            }
            var evidence = [claim(.role(found.role)), claim(.framework(found.framework))]
            if let output = found.output { evidence.append(claim(.outputDirectory(output))) }
            if let start = found.start {
                evidence.append(claim(.start(start), 0.8))
                evidence += ownStart(project, start, subject)
                let healthy = FileRoutes.paths(of: project).compactMap { route in
                    HealthPath.rank(route.path).map { (route, $0) }
                }
                if let (route, _) = healthy.min(by: { ($0.1, $0.0.path) < ($1.1, $1.0.path) }) {
                    evidence.append(
                        .claim(
                            .healthPath(route.path), for: subject, file: route.file, why: "route of that name",
                            confidence: Confidence.code))
                }
            }
            if let port = found.port { evidence.append(claim(.port(port), Confidence.convention)) }
            if let script = ["build", "build:prod", "export", "generate"].lazy.compactMap({ name in
                project.manifest.script(name).map { (name, $0) }
            }).first {
                evidence.append(
                    .claim(
                        .build(project.run(script.0)), for: subject, file: project.manifest.path, line: script.1.line,
                        why: script.1.text, confidence: Confidence.code))
            } else if found.framework == "vite" {
                evidence.append(claim(.build("npx vite build"), Confidence.convention))
            }
            return evidence
        }
    }

    /// The package's own start script: its port, or a server of its own that stands before the framework.
    private func ownStart(_ project: NodeProject, _ usual: StartCommand, _ subject: Subject) -> [Evidence] {
        for name in ["start:prod", "start:production", "start"] {
            guard let script = project.manifest.script(name), !NodeServer.isDevelopment(script.text),
                let last = ServerCommand.commands(in: script.text).last, let command = ServerCommand(last)
            else { continue }
            let start: StartCommand
            if ["next", "nuxt", "remix-serve", "react-router-serve", "astro"].contains(command.program) {
                guard command.port != nil else { return [] }
                var moved = command.movable(usualPort: command.port ?? 3000)
                moved.text = moved.text.hasPrefix("npx ") || command.programIndex > 0 ? moved.text : "npx " + moved.text
                start = moved
            } else if script.text == usual.text {
                return []
            } else {
                start = StartCommand(
                    project.run(name), port: nil, portVariable: "PORT", hostVariable: usual.hostVariable)
            }
            return [
                .claim(
                    .start(start), for: subject, file: project.manifest.path, line: script.line,
                    why: "\(name): \(script.text)", confidence: 0.88)
            ]
        }
        return []
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Node packages build for browsers: single-page applications, generated sites, rendering servers.
struct NodeFrontEndDetector: Detector {
    let name = "node-front-end"
    var refines: [String] { ["node", "node-server", "static-site"] }

    func detect(in repository: Repository) -> [Evidence] {
        repository.node.flatMap { project -> [Evidence] in
            guard let found = NodeFrontEnd.find(in: project, repository.tree) else { return [] }
            let subject = Subject(project.directory, found.role == .ssr ? Subject.web : Subject.site)
            func claim(_ claim: Claim, _ confidence: Double? = nil) -> Evidence {
                .claim(
                    claim, for: subject, file: found.file, line: found.line, why: found.why,
                    confidence: confidence ?? found.confidence)
            }
            var evidence = [claim(.role(found.role)), claim(.framework(found.framework))]
            if let output = found.output { evidence.append(claim(.outputDirectory(output))) }
            if let start = found.start { evidence.append(claim(.start(start), 0.8)) }
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
}

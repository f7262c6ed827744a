// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Background processes of Node packages, by the scripts that start them.
struct NodeWorkerDetector: Detector {
    let name = "node-workers"

    private static let names = [
        "worker", "workers", "start:worker", "start:workers", "worker:start", "worker:prod", "start:prod:worker",
        "queue", "start:queue", "consumer", "start:consumer", "jobs", "start:jobs", "scheduler", "start:scheduler",
        "cron",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.node.flatMap { project -> [Evidence] in
            guard
                let found = Self.names.lazy.compactMap({ name in project.manifest.script(name).map { (name, $0) } })
                    .first(where: { !NodeServer.isDevelopment($0.1.text) })
            else { return [] }
            let process =
                found.0.split(separator: ":").map(String.init).first { !["start", "prod"].contains($0) } ?? "worker"
            let subject = Subject(project.directory, process == "workers" ? "worker" : process)
            func claim(_ claim: Claim, _ confidence: Double) -> Evidence {
                .claim(
                    claim, for: subject, file: project.manifest.path, line: found.1.line,
                    why: "\(found.0): \(found.1.text)", confidence: confidence)
            }
            var evidence = [claim(.role(.worker), 0.75), claim(.start(StartCommand(project.run(found.0))), 0.75)]
            if project.manifest.script("build") != nil, found.1.text.contains("dist") || found.1.text.contains("build")
            {
                evidence.append(claim(.build(project.run("build")), 0.7))
            }
            return evidence
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Node processes without a port: queues, schedulers, bots.
struct NodeWorkerDetector: Detector {
    let name = "node-worker"
    var refines: [String] { ["node"] }
    let account = DetectorAccount(
        recognises:
            "Node processes without a port: queues, schedulers, bots, NestJS microservices.",
        reads: [
            "scripts whose name says it", "packages that do nothing but use a queue's library", "nest-cli.json",
        ],
        confidence: "60 to 80 %")

    func detect(in repository: Repository) -> [Evidence] {
        repository.nodeApplications.flatMap { application in
            application.workers.flatMap { worker -> [Evidence] in
                let manifest = application.project.manifest.path
                var said = Testimony(Subject(application.project.directory, worker.name))
                said.say(.role(.worker), file: manifest, line: worker.line, worker.why, worker.confidence)
                said.say(
                    .start(StartCommand(worker.command)), file: manifest, line: worker.line, worker.why,
                    worker.confidence)
                if let build = NodeBuild.find(["build:\(worker.name)", "build"], application, repository.tree) {
                    said.say(.build(build.command), file: manifest, line: build.line, build.why)
                }
                return said.evidence
            }
        }
    }
}

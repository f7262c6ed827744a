// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Databases, caches and queues of Node packages, and the migrations that prepare them.
struct NodeDataDetector: Detector {
    let name = "node-data"
    let account = DetectorAccount(
        recognises:
            "Databases, caches and queues of Node packages, and the migrations of Prisma, Drizzle, Knex, Sequelize, TypeORM, MikroORM and Lucid.",
        reads: ["production dependencies", "schemas and configuration files", "migration folders", "scripts"],
        confidence: "90 % from a schema, 70 % from a driver")

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        var evidence: [Evidence] = []
        var migrated: Set<String> = []
        let deployed = repository.nodeApplications.filter { !$0.processes.isEmpty }
        for application in deployed {
            let resources = NodeResources.find(in: [application.project] + application.libraries, tree)
            for project in [application.project] + application.libraries {
                evidence += NodeResourceNames.find(resources.map(\.kind), project, tree)
            }
            for found in resources {
                for process in application.processes {
                    evidence.append(
                        .claim(
                            .needs(found.kind), for: subject(application, process, repository), file: found.file,
                            line: found.line, why: found.why, confidence: found.confidence))
                }
            }
            for project in [application.project] + application.libraries {
                guard let schema = PrismaSchema(project, tree), let kind = schema.kind,
                    let variable = schema.variable
                else { continue }
                evidence.append(
                    .resource(
                        kind, version: nil, variable: variable.name,
                        Origin(
                            file: schema.path, line: variable.line, why: "url of the data source",
                            confidence: Confidence.code)))
            }
        }
        // An API owns the database before a site that reads it, and the larger part of a workspace before a smaller one.
        let bySize = deployed.sorted { $0.libraries.count > $1.libraries.count }
        let owners = bySize.filter { $0.server != nil } + bySize.filter { $0.server == nil }
        for application in owners {
            guard let process = application.processes.first else { continue }
            for project in [application.project] + application.libraries where !migrated.contains(project.directory) {
                guard let found = NodeMigrations.find(in: project, tree) else { continue }
                migrated.insert(project.directory)
                if let remark = found.remark { evidence.append(.remark(remark)) }
                let place = PathText.way(from: application.project.directory, to: project.directory)
                evidence.append(
                    .claim(
                        .release(place == "." ? found.command : "cd \(place) && \(found.command)"),
                        for: subject(application, process, repository), file: found.file, line: found.line,
                        why: found.why, confidence: found.confidence))
                break
            }
        }
        return evidence
    }

    private func subject(_ application: NodeApplication, _ process: String, _ repository: Repository) -> Subject {
        let directory = application.project.directory
        return Subject(directory, process == Subject.web ? repository.webProcess(ofNode: directory) : process)
    }
}

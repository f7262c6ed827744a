// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

/// Tiny Python trees, each with the one thing that it is about.
struct PythonDetectionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var files: [String: String]
        /// `directory role start`, a line for each service in order of its name.
        var services: [String]
        var port: UInt16? = nil
        var health: String? = nil
        var release: String? = nil
        var install: String? = nil
        var version: String? = nil
        var resources: [Resource.Kind] = []
    }

    @Test(arguments: PythonTrees.all)
    func `a Python tree gives the services that it holds`(_ given: Case) {
        let spec = Detection.detect(SourceTree(files: given.files))
        let found = spec.services.map { "\($0.directory) \($0.role.rawValue) \($0.start ?? "-")" }
        #expect(found == given.services)
        let web = spec.services.first { $0.role == .backend }
        if let port = given.port { #expect(web?.port == port) }
        if let health = given.health { #expect(web?.healthPath == health) }
        if let release = given.release { #expect(web?.release == release) }
        if let install = given.install { #expect(web?.install == install) }
        if let version = given.version { #expect(web?.languageVersion == version) }
        if !given.resources.isEmpty { #expect(spec.resources.map(\.kind) == given.resources) }
    }

    @Test(arguments: [
        ("celery -A a worker -l info", "tasks", "worker"), ("celery -A a beat", "tasks", "beat"),
        ("celery -A a worker -Q high", "high", "high"), ("celery -A a flower", "flower", "flower"),
        ("rq worker low", "jobs", "worker"), ("python manage.py run_huey", "jobs", "worker"),
        ("python manage.py qcluster", "q", "worker"), ("python -m app.worker", "jobs", "worker"),
        ("python src/mail_worker.py", "mail", "worker"), ("python bot.py", "telegram", "telegram"),
        ("sh run.sh", "jobs", "jobs"),
    ])
    func `a worker's command says which process it is`(_ command: String, _ given: String, _ expected: String) {
        #expect(WorkerProcess.name(of: command, given: given) == expected)
    }
}

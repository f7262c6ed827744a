// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The first start of all fails.
    static let jobBeforeDatabase = Rule(
        "CO117", .error, "a job that others wait for does not wait for its database",
        why:
            "The job runs once. It begins together with the database, which answers later: the job fails, and what waits "
            + "for service_completed_successfully never starts.",
        catches: [
            "services:\n  db:\n    image: postgres:17\n  migrate:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n  web:\n    build: .\n    depends_on:\n      migrate: {condition: service_completed_successfully}\n"
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    healthcheck: {test: pg_isready}\n  migrate:\n    build: .\n    depends_on:\n      db: {condition: service_healthy}\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n  web:\n    build: .\n    depends_on:\n      migrate: {condition: service_completed_successfully}\n",
            "services:\n  db:\n    image: postgres:17\n  migrate:\n    build: .\n    restart: on-failure\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n  web:\n    build: .\n    depends_on:\n      migrate: {condition: service_completed_successfully}\n",
        ]
    ) { file in
        let jobs = Set(
            file.services.flatMap(\.dependencies).filter { $0.condition == "service_completed_successfully" }
                .map(\.service))
        guard !jobs.isEmpty else { return [] }
        let stores = file.services.filter { file.known($0)?.isStore == true && file.known($0)?.kind != .cache }
        return file.services.filter { jobs.contains($0.name) }.compactMap { job in
            guard
                !["on-failure", "always", "unless-stopped"].contains(where: { job.restart?.text.hasPrefix($0) == true }
                ),
                job.dependencies.isEmpty, !waits(job, in: file),
                let store = stores.first(where: { store in job.environment.contains { names(store.name, $0.value) } })
            else { return nil }
            let condition = store.profiles.isEmpty ? "" : ", required: false"
            return Violation(
                line: job.line, column: job.position.column,
                "\(job.name) begins before \(store.name) answers, and runs only once; add: depends_on: "
                    + "{\(store.name): {condition: service_healthy\(condition)}}")
        }
    }

    /// Whether the value's host is the service.
    private static func names(_ service: String, _ value: String?) -> Bool {
        guard let value else { return false }
        return value == service || value.contains("@\(service):") || value.contains("@\(service)/")
            || value.contains("//\(service):")
    }

    /// Whether the command itself waits or tries again.
    private static func waits(_ job: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        let text = "\(job.command?.text ?? "") \(job.entrypoint?.text ?? "")"
        if ["wait", "until", "while", "pg_isready", "dockerize", "sleep", "retry"].contains(where: text.contains) {
            return true
        }
        let script = text.split(separator: " ").first { $0.hasSuffix(".sh") }
        guard let script else { return false }
        let name = SourceTree.Entry(path: String(script)).name
        return file.repository.tree.files(named: name).contains { entry in
            let text = file.repository.tree.text(entry.path) ?? ""
            return ["wait", "until", "while", "sleep"].contains(where: text.contains)
        }
    }
}

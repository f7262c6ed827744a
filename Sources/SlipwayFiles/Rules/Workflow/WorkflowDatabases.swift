// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// connection to server at "localhost", port 5432 failed: Connection refused
    static let workflowWithoutDatabase = Rule(
        "WF090", .error, "a job asks a database on localhost that it does not start",
        why:
            "A runner is empty: without services, and without a step that starts one, nothing listens on the database's port, and "
            + "the migration or the tests end the job.",
        catches: [
            .steps(
                "- run: python manage.py migrate\n  env:\n    DATABASE_URL: postgres://a:b@localhost:5432/a\n- run: ./deploy.sh",
                job: "deploy")
        ],
        passes: [
            .steps(
                "- run: docker compose up -d db\n- run: python manage.py migrate\n  env:\n    DATABASE_URL: postgres://a:b@localhost:5432/a",
                job: "deploy"),
            .steps(
                "- run: sudo systemctl start postgresql\n- run: python manage.py migrate\n  env:\n    DATABASE_URL: postgres://a:b@localhost:5432/a"
            ),
            .steps("- run: npm run build\n  env:\n    DATABASE_URL: postgres://a:b@localhost:5432/a"),
        ]
    ) { file in
        file.jobs.compactMap { job in
            guard job.node["services"] == nil, job.node["container"] == nil, job.node["uses"] == nil,
                job.runners.contains(where: { $0.name.hasPrefix("ubuntu") })
            else { return nil }
            let texts = job.steps.compactMap { $0.run?.text }
            let starters = [
                "docker", "postgres", "initdb", "pg_ctl", "service ", "systemctl", "supabase", "podman", "make ", "nix",
                "ssh ", "task ",
            ]
            guard !texts.contains(where: { text in starters.contains(where: text.contains) }),
                !job.steps.contains(where: { step in
                    ["postgres", "database", "compose", "supabase", "services", "setup-db", "./"].contains(
                        where: step.action.contains)
                })
            else { return nil }
            let places =
                [file.document.root, job.node].compactMap { $0?["env"] } + job.steps.compactMap { $0.node["env"] }
            let address = places.lazy.flatMap { $0.mapping?.entries ?? [] }.first { entry in
                guard let value = entry.value.text,
                    [
                        "postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg",
                        "mysql",
                    ]
                    .contains(ServiceAddress.scheme(value) ?? "")
                else { return false }
                return ["localhost", "127.0.0.1"].contains(ServiceAddress.host(value) ?? "")
            }
            let asks = [
                "manage.py migrate", "manage.py test", "pytest", "alembic upgrade", "prisma migrate deploy",
                "flask db upgrade",
            ]
            guard let address,
                let step = job.steps.first(where: { step in
                    guard let text = step.run?.text else { return false }
                    return asks.contains(where: text.contains) && !text.contains("|| true")
                }), step.node["continue-on-error"]?.bool != true
            else { return nil }
            let word = asks.first { step.run?.text?.contains($0) == true } ?? "the step"
            // Tests often bring a database of their own in a file.
            return Violation(
                line: step.run?.line ?? job.line,
                "\(word) asks \(address.key) on localhost, where nothing listens; add to the job \(job.name): services: with "
                    + "image: postgres and ports: ['5432:5432']",
                severity: word == "pytest" || word == "manage.py test" ? .warning : nil)
        }
    }
}

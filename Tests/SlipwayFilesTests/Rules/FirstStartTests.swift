// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What ends a deployment at its first start is an error; what a document tells its reader to mend by hand is not.
struct FirstStartTests {
    private static let database =
        "  db:\n    image: postgres:17\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes: {d: {}}\n"
    private static let image = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"main:app\"]\n"

    @Test(
        arguments: zip(
            [
                "command: sh -c 'alembic upgrade head && uvicorn main:app'", "command: uvicorn main:app",
                "command: sh -c 'alembic upgrade head && uvicorn main:app'\n    restart: always",
                "command: sh -c './wait-for db:5432 && alembic upgrade head && uvicorn main:app'",
            ], [[Severity.error], [.warning], [.warning], []]))
    func `who migrates before the database answers, and is not started again, stays down`(
        _ command: String, _ severities: [Severity]
    ) {
        let files = [
            "compose.yml":
                "services:\n  web:\n    build: .\n    \(command)\n    depends_on: [db]\n" + Self.database,
            "Dockerfile": Self.image, "main.py": "from fastapi import FastAPI\n",
        ]
        #expect(Self.severities("CO015", files) == severities)
    }

    @Test(
        arguments: zip(
            [
                "Base.metadata.create_all(bind=engine)\n",
                "with app.app_context():\n    db.create_all()\n",
                "@app.on_event('startup')\ndef start():\n    Base.metadata.create_all(bind=engine)\n",
                "if __name__ == '__main__':\n    Base.metadata.create_all(bind=engine)\n",
            ], [Severity.error, .error, .warning, .warning]))
    func `tables that are made while a module is imported need the database`(_ code: String, _ severity: Severity) {
        let files = [
            "compose.yml": "services:\n  web:\n    build: .\n    depends_on: [db]\n" + Self.database,
            "Dockerfile": Self.image, "main.py": code,
        ]
        #expect(Self.severities("CO015", files) == [severity])
    }

    @Test(
        arguments: zip(
            ["# Shop\nRun it.\n", "# Shop\nWrite a `.env` first.\n", "# Shop\nIt reads process.env.\n"],
            [Severity.error, .warning, .error]))
    func `an env_file that nobody speaks of leaves a clone without a start`(_ text: String, _ severity: Severity) {
        let files = ["compose.yml": "services:\n  web:\n    image: web:1\n    env_file: .env\n", "README.md": text]
        #expect(Self.severities("CO024", files) == [severity])
    }

    @Test func `a template of another name is one`() {
        let files = [
            "compose.yml": "services:\n  web:\n    image: web:1\n    env_file: .env\n",
            ".env.production.example": "A=1\n",
        ]
        #expect(Self.severities("CO024", files) == [.info])
    }

    @Test(
        arguments: zip(
            ["docker-compose.yml", "docker-compose.prod.yml", "docker-compose.dev.yml"],
            [Severity.warning, .error, .info]))
    func `production does not keep its data in the container`(_ path: String, _ severity: Severity) {
        #expect(Self.severities("CO029", [path: "services:\n  db:\n    image: postgres:17\n"]) == [severity])
    }

    private static let migrating = AppSpec(
        name: "a",
        services: [
            Service(name: "a", directory: ".", role: .backend, start: "uvicorn a:app", release: "alembic upgrade head")
        ])

    @Test(
        arguments: zip(
            [
                ["README.md": "# Shop\n"], ["README.md": "# Shop\nThen run the migrations.\n"],
                ["main.py": "Base.metadata.create_all(engine)\n"],
            ], [Severity.error, .warning, .warning]))
    func `migrations that no file and no document runs leave an empty database`(
        _ files: [String: String], _ severity: Severity
    ) {
        let all = files.merging(["Dockerfile": Self.image]) { first, _ in first }
        #expect(Self.severities("AP141", all, app: Self.migrating) == [severity])
    }

    @Test(
        arguments: zip(
            [
                "class Settings(BaseSettings):\n    algorithm: str\n\n\nsettings = Settings()\n",
                "import os\nALGORITHM = os.environ['ALGORITHM']\n",
                "import os\n\n\ndef sign():\n    return os.environ['ALGORITHM']\n",
            ], [(Severity.error, 2), (.error, 2), (.warning, 5)]))
    func `a template without what the start needs is an error`(_ code: String, _ wanted: (Severity, Int)) {
        let app = AppSpec(
            name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
            variables: [
                Variable(name: "ALGORITHM", services: ["a"], required: true, origins: ["config.py:\(wanted.1)"]),
                Variable(name: "MAIL_HOST", services: ["a"], origins: ["b.py:1"]),
                Variable(name: "MAIL_PORT", services: ["a"], origins: ["b.py:2"]),
            ])
        let files = [".env.example": "MAIL_HOST=a\nMAIL_PORT=1\n", "config.py": code]
        #expect(Self.severities("EN297", files, app: app) == [wanted.0])
    }

    private static func severities(_ code: String, _ files: [String: String], app: AppSpec? = nil) -> [Severity] {
        let example = RuleExample(files, app: app)
        return Checker(groups: RuleCatalog.groups).check(example.repository(defaultPath: "compose.yml"))
            .filter { $0.code == code }.map(\.severity)
    }
}

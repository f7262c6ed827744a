// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

struct EnvironmentReportTests {
    private func troubles(_ files: [String: String]) -> String {
        EnvironmentReport(tree: SourceTree(files: files), services: []).rows.flatMap { row in
            row.troubles.map { "\(row.variable.name) \($0.rawValue)\(row.nearest.map { " " + $0 } ?? "")" }
        }.joined(separator: ", ")
    }

    @Test(arguments: [
        (
            ["a.py": "import os\nos.environ['JWT_SECRET_KEY']", ".env.example": "JWT_SECRET=\n"],
            "JWT_SECRET neverRead JWT_SECRET_KEY, JWT_SECRET_KEY neverGiven JWT_SECRET"
        ),
        (["a.py": "import os\nos.environ['A_B']", ".env.example": "A_B=1\n"], ""),
        (["a.py": "import os\nos.environ['A_B']"], ""),
        (
            [
                "a.py": "import os\nos.environ['A_B']",
                "docker-compose.yml": "services:\n  web:\n    build: .\n    environment:\n      - A_B=1\n",
            ], ""
        ),
        (
            ["docker-compose.yml": "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_DBX: a\n"],
            ""
        ),
        (
            [
                ".env": "DB_NAME=x\n",
                "docker-compose.yml": "services:\n  db:\n    image: postgres\n    command: ${DB_NAME}\n",
            ], ""
        ),
        (
            ["a.py": "import os\nos.getenv('A_B', '1')", "b.py": "import os\nos.getenv('A_B', '2')", ".env": "A_B=3"],
            "A_B differentDefaults"
        ),
        (
            ["fly.toml": "[env]\nREDIS_ULR = 'x'\n", "a.py": "import os\nos.environ['REDIS_URL']"],
            "REDIS_ULR neverRead REDIS_URL, REDIS_URL neverGiven REDIS_ULR"
        ),
    ])
    func `code and files are compared in both directions`(_ files: [String: String], _ expected: String) {
        #expect(troubles(files) == expected)
    }

    @Test func `a file is checked against the contract`() {
        let tree = SourceTree(files: ["a.py": "import os\nos.environ['JWT_SECRET_KEY']\nos.environ['A_B']"])
        let report = EnvironmentReport(tree: tree, services: [])
        let found = report.check(dotenv: "JWT_SECRET=x\nA_B=\nTZ=UTC\n", path: ".env")
        #expect(found.map(\.code) == ["EN211", "EN212", "EN211"])
        #expect(found.map(\.line) == [nil, 1, 2])
    }

    @Test func `a secret among the variables of browsers is an error`() {
        let tree = SourceTree(files: [
            "a.ts": "import.meta.env.VITE_STRIPE_SECRET_KEY; import.meta.env.VITE_STRIPE_PUBLISHABLE_KEY"
        ])
        #expect(EnvironmentReport(tree: tree, services: []).diagnostics.map(\.code) == ["EN204"])
    }

    @Test func `a secret's default is never shown`() {
        let tree = SourceTree(files: [
            "a.py": "import os\nos.getenv('DB_PASSWORD', 'hunter2')\nos.getenv('X_URL', 'postgres://a:hunter2@h/d')"
        ])
        let report = EnvironmentReport(tree: tree, services: [])
        #expect(report.rows.allSatisfy { $0.variable.secret && $0.variable.default == nil })
        #expect(!report.rendered().contains("hunter2"))
    }
}

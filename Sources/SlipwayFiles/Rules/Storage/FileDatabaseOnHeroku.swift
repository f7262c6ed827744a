// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The dyno restarts once a day.
    static let fileDatabaseOnHeroku = Rule(
        "AP516", .warning, "a guide deploys a program with a SQLite file to Heroku",
        why:
            "A dyno's disk is emptied at each restart, at least once a day. Without an address of another database the "
            + "program uses its SQLite file, and all rows are gone.",
        catches: [
            [
                "DEPLOY.md": "## Heroku\n\n```bash\nheroku create shop\ngit push heroku main\n```\n",
                "app.py": "app.config['SQLALCHEMY_DATABASE_URI'] = os.getenv('DATABASE_URL', 'sqlite:///app.db')\n",
            ]
        ],
        passes: [
            [
                "DEPLOY.md":
                    "## Heroku\n\n```bash\nheroku create shop\nheroku addons:create heroku-postgresql\ngit push heroku main\n```\n",
                "app.py": "app.config['SQLALCHEMY_DATABASE_URI'] = os.getenv('DATABASE_URL', 'sqlite:///app.db')\n",
            ],
            [
                "DEPLOY.md": "## Heroku\n\n```bash\nheroku create shop\ngit push heroku main\n```\n",
                "app.py": "app.config['SQLALCHEMY_DATABASE_URI'] = os.environ['DATABASE_URL']\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let told = repository.toldCommands.filter { told in
            told.teller == .document && told.words.first == "heroku" && told.words.dropFirst().first == "create"
        }
        guard !told.isEmpty, repository.appManifests.isEmpty else { return [] }
        let databases = repository.code([".py"], with: ["sqlite:///"]).compactMap { code -> String? in
            guard let line = code.line(with: "'sqlite:///", "f'sqlite:///"), !code.path.contains("script"),
                !code.bare[line - 1].contains(":memory:"), !code.bare[line - 1].contains("startswith")
            else { return nil }
            return "\(code.path):\(line)"
        }
        guard let database = databases.first else { return [] }
        var seen: Set<String> = []
        return told.compactMap { told in
            guard let text = repository.tree.text(told.file), !text.contains("heroku-postgres"),
                !text.contains("heroku addons"), !text.contains("config:set DATABASE_URL"),
                !text.contains("config:set SQLALCHEMY"), seen.insert(told.file).inserted
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "the program falls back on a SQLite file (\(database)), which each restart deletes; add the step: "
                    + "heroku addons:create heroku-postgresql:essential-0")
        }
    }
}

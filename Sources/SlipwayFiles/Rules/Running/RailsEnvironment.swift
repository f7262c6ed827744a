// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody says so, and then it is development.
    static let railsInDevelopment = Rule(
        "AP412", .warning, "the image starts Rails, and nothing says RAILS_ENV=production",
        why:
            "Without RAILS_ENV Rails runs in development: error pages with source and settings for every visitor, classes "
            + "that are loaded anew, gems for developers, and a secret key of its own for each container.",
        catches: [
            [
                "Dockerfile":
                    "FROM ruby:3.4\nWORKDIR /app\nCOPY . .\nRUN bundle install\nCMD [\"bundle\", \"exec\", \"rails\", \"server\", \"-b\", \"0.0.0.0\"]\n",
                "config/application.rb": "require \"rails\"\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM ruby:3.4\nENV RAILS_ENV=production\nCOPY . .\nCMD [\"bin/rails\", \"server\"]\n",
                "config/application.rb": "require \"rails\"\n",
            ],
            [
                "Dockerfile": "FROM ruby:3.4\nCOPY . .\nCMD [\"bin/rails\", \"server\"]\n",
                "config/application.rb": "require \"rails\"\n",
                "render.yaml": "services:\n  - envVars:\n      - key: RAILS_ENV\n        value: production\n",
            ],
            [
                "Dockerfile.dev": "FROM ruby:3.4\nCOPY . .\nCMD [\"bin/rails\", \"server\"]\n",
                "config/application.rb": "\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole,
            repository.tree.files(named: "application.rb").contains(where: {
                $0.path.hasSuffix("config/application.rb")
            })
        else { return [] }
        let units = repository.images.filter { unit in
            guard !unit.isForDevelopment, !unit.mountsItsSource, let start = unit.imageStart else { return false }
            let words = Set(start.text.split { " /".contains($0) })
            return !words.isDisjoint(with: ["rails", "puma", "unicorn"]) && !words.contains("development")
        }
        guard !units.isEmpty, !isSaid(in: repository) else { return [] }
        return units.compactMap { unit in
            unit.imageStart.map {
                Violation(
                    file: $0.file, line: $0.line,
                    "Rails runs in development here; add before bundle install: ENV RAILS_ENV=production")
            }
        }
    }

    /// Whether any file that deploys gives the variable; what is only a remark gives nothing.
    private static func isSaid(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            let name = entry.name
            let isPlace =
                name.contains("Dockerfile") || name.hasPrefix(".env") || name == "Procfile" || name == "app.json"
                || [".yml", ".yaml", ".sh", ".toml", ".service", ".tf", ".conf"].contains(where: name.hasSuffix)
                || name.contains("entrypoint")
            guard isPlace, !entry.path.hasPrefix(".github/"), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 200_000,
                ByteSearch.contains("RAILS_ENV".utf8, in: bytes) || ByteSearch.contains("RACK_ENV".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return false }
            return text.split(separator: "\n").contains { line in
                !line.trimmed.hasPrefix("#") && (line.contains("RAILS_ENV") || line.contains("RACK_ENV"))
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Extra inputs are not permitted
    static let forbiddenExtra = Rule(
        "EN435", .error, "the template has a name that pydantic's settings refuse",
        why:
            "pydantic-settings forbids what the class has no field for, when it stands in the file that env_file names. Who "
            + "copies the template gets: Extra inputs are not permitted, and the program does not start.",
        catches: [
            [
                ".env.example":
                    "DATABASE_URL=a\nSECRET_KEY=b\nALGORITHM=HS256\nNEXT_PUBLIC_API_URL=https://a.example\n",
                "backend/app/config.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    database_url: str\n    secret_key: str\n    algorithm: str = \"HS256\"\n\n    class Config:\n        env_file = \".env\"\n",
            ]
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=a\nSECRET_KEY=b\nALGORITHM=HS256\nWEB_URL=https://a.example\n",
                "app/config.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    database_url: str\n    secret_key: str\n    algorithm: str\n\n    model_config = SettingsConfigDict(env_file=\".env\", extra=\"ignore\")\n",
            ],
            [
                ".env.example": "DATABASE_URL=a\nSECRET_KEY=b\nALGORITHM=HS256\nWEB_URL=https://a.example\n",
                "app/config.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    database_url: str\n    secret_key: str\n    algorithm: str\n    web_url: str\n\n    class Config:\n        env_file = \".env\"\n",
            ],
            [
                ".env.example": "DATABASE_URL=a\nSECRET_KEY=b\nALGORITHM=HS256\nWEB_URL=https://a.example\n",
                "app/config.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    database_url: str\n    secret_key: str\n    algorithm: str\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let classes = repository.code([".py"], with: ["pydantic_settings"]).filter { code in
            code.bare.contains { $0.contains("(BaseSettings)") }
        }
        // A second class makes every name of the first one's file its own business.
        guard classes.count == 1, let settings = StrictSettings(classes[0]) else { return [] }
        return repository.dotenvTemplates.compactMap { file in
            guard SourceTree.Entry(path: file.location).name.hasPrefix(settings.file),
                !DevelopmentPath.isLikely(file.location),
                file.folder == "." || settings.path.hasPrefix(file.folder + "/")
            else { return nil }
            let all = file.document.assignments
            let extra = all.filter { !settings.fields.contains($0.name.lowercased()) }
            // A template for somebody else shares hardly any name.
            guard let first = extra.first, all.count >= 4, extra.count * 3 <= all.count else { return nil }
            let names = extra.prefix(5).map(\.name).joined(separator: ", ")
            return Violation(
                file: file.location, line: first.line,
                "\(settings.path) has no field for \(names); write there: extra = \"ignore\", or take the line to a file of "
                    + "its own")
        }
    }
}

/// A settings class that refuses what it does not know.
private struct StrictSettings {
    let path: String
    /// `.env`
    let file: String
    let fields: Set<String>

    init?(_ code: CodeText) {
        let text = code.lines.joined(separator: "\n")
        let ways = ["extra", "alias", "env_prefix", "env_nested", "settings_customise_sources", "validation_alias"]
        guard !ways.contains(where: text.contains), code.bare.count(where: { $0.contains("(BaseSettings)") }) == 1,
            let named = code.bare.first(where: { $0.contains("env_file='") }),
            let range = TextSearch.range(of: "env_file='", in: named[...])
        else { return nil }
        path = code.path
        file = String(named[range.upperBound...].prefix { $0 != "'" }.split(separator: "/").last ?? "")
        var names: Set<String> = []
        for line in code.lines {
            let body = line.drop { $0 == " " || $0 == "\t" }
            let name = body.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            guard body.count < line.count, !name.isEmpty, body.dropFirst(name.count).first == ":" else { continue }
            names.insert(name.lowercased())
        }
        guard names.count >= 3, !file.isEmpty else { return nil }
        fields = names
    }
}

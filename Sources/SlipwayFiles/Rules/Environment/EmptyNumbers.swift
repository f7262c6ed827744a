// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// An empty text is no number, and no reason to take the default.
    static let emptyNumber = Rule(
        "EN290", .error, "the template leaves a number empty, and the program refuses an empty text",
        why:
            "Pydantic reads an empty value as a text and not as nothing: whoever copies the template meets a "
            + "ValidationError when the settings are made, and the program does not start, although the field has a default.",
        catches: [
            [
                ".env.example": "LIMIT=\nNAME=\n",
                "app/settings.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    limit: int = 3\n    name: str = \"a\"\n",
            ],
            [
                ".env.example": "CREW__MAX_ITER=\n",
                "app/crew.py":
                    "from pydantic import BaseModel, Field\n\nclass Crew(BaseModel):\n    max_iter: int = Field(\n        default=3,\n    )\n",
                "app/settings.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    crew: Crew = Crew()\n\n    class Config:\n        env_nested_delimiter = \"__\"\n",
            ],
        ],
        passes: [
            [
                ".env.example": "LIMIT=3\nNAME=\n",
                "app/settings.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    limit: int = 3\n    name: str = \"a\"\n",
            ],
            [
                ".env.example": "LIMIT=\n",
                "app/settings.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_ignore_empty=True)\n    limit: int = 3\n",
            ],
            [
                ".env.example": "LIMIT=\n",
                "app/settings.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    limit: int\n",
            ],
            [
                ".env.example": "LIMIT=\n",
                "app/settings.py":
                    "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    limit: int = 3\n\n    @field_validator('limit', mode='before')\n    def empty(cls, value):\n        return value or 3\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let templates = repository.dotenvTemplates
        guard templates.contains(where: { $0.document.assignments.contains { ($0.value ?? "").isEmpty } }) else {
            return []
        }
        let models = SettingsModels(repository)
        guard !models.numbers.isEmpty else { return [] }
        return templates.flatMap { file in
            file.document.assignments.compactMap { assignment in
                guard (assignment.value ?? "").isEmpty,
                    let place = models.numbers[assignment.name.uppercased()]
                else { return nil }
                return Violation(
                    file: file.location, line: assignment.line,
                    "\(place.field) is \(place.type) (\(place.file):\(place.line)), and an empty text ends the program; "
                        + "write a number, or: # \(assignment.name)=")
            }
        }
    }
}

/// The fields of pydantic's settings that take numbers, by the names of their variables.
private struct SettingsModels {
    struct Field {
        let file: String
        let line: Int
        let field: String
        let type: String
    }

    private(set) var numbers: [String: Field] = [:]
    /// The fields of each class by the class's name.
    private var classes: [String: [(field: Field, hasDefault: Bool)]] = [:]
    private var roots: [(name: String, prefix: String, delimiter: String?)] = []

    init(_ repository: CheckedRepository) {
        for code in repository.code([".py"], with: ["pydantic", "(BaseModel)"]) {
            // A validator may take the empty text for nothing.
            let isKind = code.bare.contains { line in
                ["env_ignore_empty=True", "mode='before'", "pre=True", "BeforeValidator"].contains(where: line.contains)
            }
            if !isKind { read(code) }
        }
        for root in roots {
            for (field, hasDefault) in classes[root.name] ?? [] {
                let name = (root.prefix + field.field).uppercased()
                if hasDefault { note(name, field) }
                guard let delimiter = root.delimiter else { continue }
                for (inner, hasDefault) in classes[field.type] ?? [] where hasDefault {
                    note((root.prefix + field.field + delimiter + inner.field).uppercased(), inner)
                }
            }
        }
    }

    private mutating func note(_ name: String, _ field: Field) {
        if ["int", "float"].contains(field.type), numbers[name] == nil { numbers[name] = field }
    }

    private mutating func read(_ code: CodeText) {
        var name: String?
        let text = code.bare.joined()
        for (index, line) in code.lines.enumerated() {
            if line.hasPrefix("class ") {
                name = Self.className(of: line)
                if let name, line.contains("BaseSettings") {
                    roots.append(
                        (
                            name, Self.setting("env_prefix=", in: text) ?? "",
                            Self.setting("env_nested_delimiter=", in: text)
                        ))
                }
                continue
            }
            if let first = line.first, !first.isWhitespace, first != ")" { name = nil }
            guard let name, line.hasPrefix("    "), !line.hasPrefix("     "), let colon = line.firstIndex(of: ":")
            else { continue }
            let field = line[..<colon].trimmed
            let rest = line[line.index(after: colon)...].trimmed
            guard !field.isEmpty, field.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), !rest.contains("alias")
            else { continue }
            let type = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let after = rest.dropFirst(type.count).trimmed
            guard after.isEmpty || after.hasPrefix("=") || after.hasPrefix("| None") else { continue }
            // A field without a default has to be filled in by whoever copies the template.
            let next = code.bare.indices.contains(index + 1) ? code.bare[index + 1] : ""
            let isRequired = after.contains("Field(...") || !after.contains("=") || next.hasPrefix("...")
            classes[name, default: []].append(
                (Field(file: code.path, line: index + 1, field: field, type: String(type)), !isRequired))
        }
    }

    private static func className(of line: Substring) -> String? {
        let name = line.dropFirst("class ".count).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return name.isEmpty ? nil : String(name)
    }

    /// `env_prefix='APP_'`
    private static func setting(_ name: String, in text: String) -> String? {
        guard let range = TextSearch.range(of: name + "'", in: text[...]) else { return nil }
        return String(text[range.upperBound...].prefix { $0 != "'" })
    }
}

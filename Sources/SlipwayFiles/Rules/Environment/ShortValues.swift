// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The process ends before it listens.
    static let valueTooShort = Rule(
        "EN234", .warning, "a value is shorter than the code accepts",
        why: "The code refuses the value and ends when it starts; whoever copies the template as the guide says gets "
            + "nothing that runs.",
        catches: [
            [
                ".env.example": "JWT_SECRET=change-me-in-production\n",
                "src/env.ts": "const schema = z.object({\n  JWT_SECRET: z.string().min(32),\n});\n",
            ],
            [
                ".env.example": "SECRET_KEY=change-me\n",
                "app/config.py": "class Settings(BaseSettings):\n    secret_key: str = Field(min_length=32)\n",
            ],
        ],
        passes: [
            [
                ".env.example": "JWT_SECRET=\n",
                "src/env.ts": "const schema = z.object({\n  JWT_SECRET: z.string().min(32),\n});\n",
            ],
            [
                ".env.example": "JWT_SECRET=change-me-to-at-least-32-characters-of-chance\nPORT=8\n",
                "src/env.ts":
                    "z.object({\n  JWT_SECRET: z.string().min(32),\n  PORT: z.coerce.number().min(32),\n});\n",
            ],
        ]
    ) { repository in
        let limits = ShortestValues.all(in: repository)
        guard !limits.isEmpty else { return [] }
        return GivenNames.everywhere(in: repository).compactMap { place in
            guard let limit = limits[place.name], let value = place.value, !value.isEmpty, !value.contains("$"),
                value.count < limit.count
            else { return nil }
            return Violation(
                file: place.file, line: place.line,
                "\(place.name) has \(value.count) characters and \(limit.file):\(limit.line) wants \(limit.count); write: "
                    + "\(place.name)= and above it: # openssl rand -hex \(max(16, (limit.count + 1) / 2))")
        }
    }
}

/// The shortest texts that a schema of settings takes.
private enum ShortestValues {
    typealias Limit = (count: Int, file: String, line: Int)

    static func all(in repository: CheckedRepository) -> [String: Limit] {
        var found: [String: Limit] = [:]
        for entry in repository.codeFiles([".py", ".ts", ".js"], with: ["BaseSettings", "string()."]) {
            let isPython = entry.name.hasSuffix(".py")
            guard let bytes = repository.tree.bytes(entry.path),
                ByteSearch.contains((isPython ? "BaseSettings" : "string().").utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let name = line.trimmed.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                guard !name.isEmpty, line.trimmed.dropFirst(name.count).first == ":" else { continue }
                let key = isPython ? name.uppercased() : String(name)
                guard key == key.uppercased(),
                    let start = TextSearch.range(of: isPython ? "min_length=" : ".min(", in: line),
                    isPython || line.contains("string()"),
                    let count = Int(line[start.upperBound...].prefix { $0.isNumber }), count > 1
                else { continue }
                found[key] = (count, entry.path, index + 1)
            }
        }
        return found
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The code refuses the text.
    static let wrongType = Rule(
        "EN213", .error, "a value has the wrong type",
        why: "The code reads a number, a switch or a list and refuses the text: the process ends when it starts.",
        catches: [
            RuleExample(
                [".env.example": "WORKERS=many\n"],
                app: AppSpec(
                    name: "a", variables: [Variable(name: "WORKERS", services: [], kind: .integer, origins: ["a.py:1"])]
                )),
            RuleExample(
                [".env.example": "ORIGINS=http://a,http://b\n"],
                app: AppSpec(
                    name: "a", variables: [Variable(name: "ORIGINS", services: [], kind: .json, origins: ["a.py:1"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      ORIGINS: ${ORIGINS:-http://localhost:3000}\n"
                ],
                app: AppSpec(
                    name: "a", variables: [Variable(name: "ORIGINS", services: [], kind: .json, origins: ["a.py:1"])])),
        ],
        passes: [
            RuleExample(
                [".env.example": "WORKERS=4\nORIGINS=[\"http://a\"]\n", ".env.sample": "WORKERS=WORKERS\n"],
                app: AppSpec(
                    name: "a",
                    variables: [
                        Variable(name: "ORIGINS", services: [], kind: .json, origins: ["a.py:1"]),
                        Variable(name: "WORKERS", services: [], kind: .integer, origins: ["a.py:2"]),
                    ]))
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        let kinds = Dictionary(app.variables.map { ($0.name, $0) }) { first, _ in first }
        return GivenNames.everywhere(in: repository).compactMap { place in
            guard let variable = kinds[place.name], let kind = variable.kind,
                // What counts while nobody gives a value is a value as well.
                let value = place.value.map({ Interpolation.expand($0) { _ in nil } }), !value.isEmpty,
                !value.contains("$"), !SecretText.isPlaceholder(value) || kind == .json
            else { return nil }
            let origin = variable.origins.first ?? ""
            switch kind {
            // A description in a template: PORT OF THE DATABASE.
            case .integer where Int(value.trimmed) == nil && !value.contains(" ") && !isPlaceName(value):
                return Violation(
                    file: place.file, line: place.line,
                    "\(place.name) must be a number (\(origin)); write: \(place.name)=1")
            case .json
            where origin.split(separator: ":").first?.hasSuffix(".py") == true
                && !["[", "{", "\"", "<"].contains(value.first.map(String.init) ?? "")
                && (value.contains(",") || value.contains("://")):
                let items = value.split(separator: ",").map { "\"\($0.trimmed)\"" }.joined(separator: ",")
                return Violation(
                    file: place.file, line: place.line,
                    "\(place.name) must be JSON (\(origin)); write: \(place.name)=[\(items)]")
            default: return nil
            }
        }
    }

    /// A template's word for what belongs there: `PORT=PORT`, `REDIS_PORT=REDIS_PORT`.
    private static func isPlaceName(_ value: String) -> Bool {
        value.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "\"") }
    }
}

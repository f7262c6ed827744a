// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A and B must be set together.
    static let halfPair = Rule(
        "EN434", .error, "the template fills in one of two variables that the program wants together",
        why:
            "The program looks at both when it starts, and ends when only one has a value. Who copies the template as it is "
            + "gets just that.",
        catches: [
            [
                ".env.example": "STORE_URL=https://a.example\nSTORE_KEY=\n",
                "app/main.py":
                    "if bool(s.store_url) != bool(s.store_key):\n    raise RuntimeError(\"STORE_URL and STORE_KEY must be set together.\")\n",
            ]
        ],
        passes: [
            [
                ".env.example": "STORE_URL=\nSTORE_KEY=\n",
                "app/main.py": "raise RuntimeError(\"STORE_URL and STORE_KEY must be set together.\")\n",
            ],
            [
                ".env.example": "# STORE_URL=https://a.example\nSTORE_KEY=\n",
                "app/main.py": "raise RuntimeError(\"STORE_URL and STORE_KEY must be set together.\")\n",
            ],
            [
                ".env.example": "STORE_URL=https://a.example\nSTORE_KEY=\n",
                "app/main.py": "log.warning(\"STORE_URL and STORE_KEY must be set together.\")\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let words = ["set together", "provided together", "given together", "configured together", "or neither"]
        let pairs = repository.code([".py", ".js", ".ts", ".rb", ".go"], with: words).flatMap { code in
            code.lines.enumerated().compactMap { index, line -> Pair? in
                guard words.contains(where: line.contains), line.contains("\"") || line.contains("'"),
                    [line, index > 0 ? code.lines[index - 1] : ""].contains(where: { text in
                        ["raise ", "throw ", "log.Fatal", "panic("].contains(where: text.contains)
                    })
                else { return nil }
                return Pair(line, in: code.path, index + 1)
            }
        }
        guard !pairs.isEmpty else { return [] }
        return repository.copiedTemplates.flatMap { file in
            pairs.compactMap { pair -> Violation? in
                guard let first = file.document.assignment(pair.first),
                    let second = file.document.assignment(pair.second),
                    (first.value ?? "").isEmpty != (second.value ?? "").isEmpty
                else { return nil }
                let full = (first.value ?? "").isEmpty ? second : first
                let empty = full.name == first.name ? second : first
                return Violation(
                    file: file.path, line: full.line,
                    "\(pair.file):\(pair.line) ends the program when \(full.name) has a value and \(empty.name) none; write: "
                        + "\(full.name)=")
            }
        }
    }

    private struct Pair {
        let file: String
        let line: Int
        let first: String
        let second: String

        init?(_ text: Substring, in file: String, _ line: Int) {
            let names = text.split { !($0.isUppercase || $0.isNumber || $0 == "_") }.map(String.init).filter {
                $0.count > 4 && $0.contains("_")
            }
            guard Set(names).count == 2, let first = names.first, let second = names.first(where: { $0 != first })
            else {
                return nil
            }
            (self.file, self.line, self.first, self.second) = (file, line, first, second)
        }
    }
}

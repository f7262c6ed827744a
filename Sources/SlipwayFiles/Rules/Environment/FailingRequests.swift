// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// 503, whatever the visitor sends.
    static let requestWithoutVariable = Rule(
        "EN437", .warning, "a request fails without a variable that nothing names",
        why:
            "The code looks at the variable and answers with an error when it is empty. No document, template or deployment "
            + "file names it, so nobody who deploys knows that it exists, and every such request fails.",
        catches: [
            [
                "app.py":
                    "def ask():\n    hook = os.environ.get(\"SHEET_WEBHOOK\")\n    if not hook:\n        app.logger.error(\"no hook\")\n        return jsonify(error=\"off\"), 503\n",
                "Procfile": "web: gunicorn app:app\n", "README.md": "# Shop\n",
            ],
            [
                "api/mail.ts":
                    "if (!process.env.MAIL_TARGET) {\n  return res.status(500).json({})\n}\n",
                "vercel.json": "{}",
            ],
        ],
        passes: [
            [
                "app.py":
                    "def ask():\n    hook = os.environ.get(\"SHEET_WEBHOOK\")\n    if not hook:\n        return jsonify(error=\"off\"), 503\n",
                "Procfile": "web: gunicorn app:app\n", "README.md": "Set SHEET_WEBHOOK.\n",
            ],
            [
                "app.py":
                    "def ask():\n    hook = os.environ.get(\"SHEET_WEBHOOK\")\n    if not hook:\n        return None\n",
                "Procfile": "web: gunicorn app:app\n",
            ],
            [
                "app.py":
                    "hook = os.environ.get(\"SHEET_WEBHOOK\")\nif not hook:\n    raise SystemExit(1)\n"
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) || PublishedPages.hasHost(repository) else {
            return []
        }
        var seen: Set<String> = []
        return repository.code([".py", ".js", ".ts", ".mjs"], with: ["os.environ", "os.getenv", "process.env."]).flatMap
        {
            code -> [Violation] in
            guard !ReadAddress.isAside(code.path) else { return [] }
            return code.bare.indices.compactMap { index in
                guard let name = AskedName.name(at: index, in: code), !seen.contains(name) else { return nil }
                seen.insert(name)
                guard !UnnamedRequirements.isNamed([name], in: repository) else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "requests are answered with an error without \(name), which no file and no document names; give it where "
                        + "it is deployed, and write into .env.example and the README: \(name)=")
            }
        }
    }
}

/// A variable whose absence a request is refused for.
private enum AskedName {
    private static let failures = [
        ",503", ",500", "status(500", "status(503", "status:500", "status:503", "status_code=500", "status_code=503",
        "HTTP_503", "HTTP_500", "InternalServerErrorException",
    ]

    static func name(at index: Int, in code: CodeText) -> String? {
        let line = code.bare[index]
        guard line.utf8.count < 200 else { return nil }
        if line.hasPrefix("if(!process.env."), !line.contains("&&") {
            let name = line.dropFirst(16).prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
            return isName(name) && fails(after: index, in: code) ? String(name) : nil
        }
        for read in ["=os.environ.get('", "=os.getenv('", "=process.env."] {
            guard let range = TextSearch.range(of: read, in: line[...]) else { continue }
            let name = line[range.upperBound...].prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
            let rest = line[range.upperBound...].dropFirst(name.count)
            guard isName(name), ["", "')", ";", "!;", "!"].contains(String(rest)) else { return nil }
            var held = String(line[..<range.lowerBound])
            for word in ["const", "let", "var"] where held.hasPrefix(word) { held = String(held.dropFirst(word.count)) }
            guard !held.isEmpty, held.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
            let checks = ["ifnot\(held):", "if(!\(held))", "if(!\(held)){"]
            for next in code.bare.indices[(index + 1)...].prefix(6) where checks.contains(code.bare[next]) {
                return fails(after: next, in: code) ? String(name) : nil
            }
            return nil
        }
        return nil
    }

    private static func isName(_ name: Substring) -> Bool {
        name.utf8.count > 4 && name.contains("_") && !BrowserVariables.contains(String(name))
    }

    private static func fails(after index: Int, in code: CodeText) -> Bool {
        code.bare[(index + 1)...].prefix(4).contains { line in failures.contains(where: line.contains) }
    }
}

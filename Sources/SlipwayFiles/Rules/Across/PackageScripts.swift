// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// `copy a\b c` on a server that has no copy.
    static let windowsScript = Rule(
        "AP202", .warning, "a package script works on Windows alone",
        why:
            "On Linux, where images are built and servers run, there is no copy, del or set NAME=: the script fails, or "
            + "runs without the variable.",
        catches: [
            [
                "package.json":
                    "{\n  \"scripts\": {\n    \"build\": \"copy src\\\\a.json dist\\\\a.json && tsc\"\n  }\n}"
            ],
            ["package.json": "{\"scripts\":{\"start\":\"set NODE_ENV=production && node server.js\"}}"],
        ],
        passes: [
            ["package.json": "{\"scripts\":{\"build\":\"cp src/a.json dist/a.json && tsc\"}}"],
            ["package.json": "{\"scripts\":{\"start\":\"NODE_ENV=production node server.js\"}}"],
            ["package.json": "{\"scripts\":{\"start\":\"set -e; node server.js\",\"start:windows\":\"del /q a\"}}"],
        ]
    ) { repository in
        repository.tree.files(named: "package.json").flatMap { entry -> [Violation] in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path),
                let scripts = JSONDocument(parsing: text).root?["scripts"]?.mapping?.entries
            else { return [] }
            return scripts.compactMap { script in
                guard let command = script.value.text, !["win", "dev", "local"].contains(where: script.key.contains),
                    let word = windowsWord(in: command)
                else { return nil }
                return Violation(
                    file: entry.path, line: script.line,
                    "\(script.key) needs Windows: \(word.found); write: \(word.advice)",
                    severity: ["build", "start", "prod", "deploy", "install"].contains(where: script.key.contains)
                        ? .error : nil)
            }
        }
    }

    private static func windowsWord(in command: String) -> (found: String, advice: String)? {
        for part in command.split(separator: "&").flatMap({ $0.split(separator: ";") }) {
            let words = part.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            switch first {
            case "copy" where words.count > 2, "xcopy": return (first, "cp")
            case "del": return ("del", "rm -f")
            case "rmdir" where words.contains("/s") || words.contains("/S"): return ("rmdir /s", "rm -rf")
            case "set" where words.count > 1 && words[1].contains("=") && !words[1].hasPrefix("-"):
                return ("set", words[1] + " before the command, without set")
            default: continue
            }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// SECRET_KEY stands in S3_SECRET_KEY, too.
    static let replacedTooMuch = Rule(
        "SH190", .error, "sed changes a second variable whose name ends like the first",
        why: "Without a ^ before the name the pattern also fits the end of a longer one, whose value is lost: "
            + "SECRET_KEY=.* takes S3_SECRET_KEY with it.",
        catches: [
            [
                "start.sh":
                    "#!/bin/sh\nset -e\ncp .env.example .env\nsed -i \"s/SECRET_KEY=.*/SECRET_KEY=$KEY/\" .env\n",
                ".env.example": "SECRET_KEY=\nS3_SECRET_KEY=\n",
            ]
        ],
        passes: [
            [
                "start.sh":
                    "#!/bin/sh\nset -e\ncp .env.example .env\nsed -i \"s/^SECRET_KEY=.*/SECRET_KEY=$KEY/\" .env\n",
                ".env.example": "SECRET_KEY=\nS3_SECRET_KEY=\n",
            ],
            [
                "start.sh":
                    "#!/bin/sh\nset -e\ncp .env.example .env\nsed -i \"s/SECRET_KEY=.*/SECRET_KEY=$KEY/\" .env\n",
                ".env.example": "SECRET_KEY=\nDEBUG=\n",
            ],
        ]
    ) { file in
        file.document.commands.compactMap { command in
            guard command.name == "sed", let target = command.arguments.last, target.contains(".env"),
                let (name, mark) = command.arguments.lazy.compactMap(replacedName).first,
                let both = file.repository.dotenvFiles.first(where: { given in
                    given.document.assignments.contains { $0.name == name }
                        && given.document.assignments.contains { $0.name != name && $0.name.hasSuffix(name) }
                }),
                let other = both.document.assignments.first(where: { $0.name != name && $0.name.hasSuffix(name) })
            else { return nil }
            let line = file.document.line(of: command)
            return Violation(
                line: line, "\(other.name) of \(both.location) is changed too; write: s\(mark)^\(name)=",
                fix: file.fix("Begin at the line's start", line: line, "s\(mark)\(name)=", with: "s\(mark)^\(name)="))
        }
    }

    /// `SECRET_KEY` and the separator of `s/SECRET_KEY=.*/...`.
    private static func replacedName(_ word: String) -> (String, Character)? {
        guard word.first == "s", let mark = word.dropFirst().first, "/|#,@".contains(mark) else { return nil }
        let pattern = word.dropFirst(2).prefix { $0 != mark }
        guard let equals = pattern.firstIndex(of: "=") else { return nil }
        let name = pattern[..<equals]
        let isName = !name.isEmpty && name.allSatisfy { $0.isLetter && $0.isUppercase || $0.isNumber || $0 == "_" }
        return isName ? (String(name), mark) : nil
    }
}

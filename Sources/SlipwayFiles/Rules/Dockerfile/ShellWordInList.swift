// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The program gets `&&` as one of its arguments.
    static let shellWordInList = Rule(
        "DF056", .error, "a JSON list holds a word that only a shell understands",
        why: "No shell reads a JSON list: the program gets || or && and everything behind it as arguments, so a health "
            + "check fails for ever, and a second command never runs.",
        catches: [
            "FROM node:22\nCMD [\"npm\", \"run\", \"migrate\", \"&&\", \"node\", \"a.js\"]",
            "FROM node:22\nHEALTHCHECK CMD [\"curl\", \"-f\", \"http://127.0.0.1:3000/\", \"||\", \"exit\", \"1\"]",
        ],
        passes: [
            "FROM node:22\nCMD [\"sh\", \"-c\", \"npm run migrate && exec node a.js\"]",
            "FROM node:22\nCMD npm run migrate && node a.js",
            "FROM node:22\nHEALTHCHECK CMD curl -f http://127.0.0.1:3000/ || exit 1",
        ]
    ) { file in
        file.steps("CMD", "ENTRYPOINT", "RUN", "HEALTHCHECK").compactMap { step in
            let words = step.instruction.command
            guard step.instruction.isJSON, let word = ShellOnlyWords.first(in: words) else { return nil }
            return Violation(
                line: step.line, "\(word) reaches \(words[0]) as an argument; write: [\"sh\", \"-c\", \"...\"]")
        }
    }
}

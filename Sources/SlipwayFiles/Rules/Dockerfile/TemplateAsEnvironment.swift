// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// What was written to show the names becomes what counts.
    static let templateAsEnvironment = Rule(
        "DF059", .warning, "the image's .env is a copy of the template",
        why: "Values that were written as examples are in force wherever nothing else is given: debug mode, known keys "
            + "and passwords.",
        catches: [
            [
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\nRUN cp .env.example .env\n",
                ".env.example": "APP_DEBUG=true\nDB_PASSWORD=root\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\nRUN cp .env.example .env\n",
                ".env.example": "APP_DEBUG=false\nDB_PASSWORD=\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN cp .env.example .env && npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n",
                ".env.example": "APP_DEBUG=true\n",
            ],
        ]
    ) { file in
        guard let last = file.stages.last, !DevelopmentPath.isLikely(file.location) else { return [] }
        let folder = SourceTree.Entry(path: file.location).directory
        let stages = Set(sequence(first: last) { $0.parent.map { file.stages[$0] } }.map(\.index))
        return file.reading.steps.compactMap { step in
            guard let stage = step.stage, stages.contains(stage), step.keyword == "RUN" || step.keyword == "COPY" else {
                return nil
            }
            let copies: [[String]] =
                step.keyword == "COPY"
                ? [step.instruction.arguments]
                : (step.program?.commands ?? []).filter { $0.name == "cp" || $0.name == "mv" }.map(\.arguments)
            for words in copies {
                let names = words.filter { !$0.hasPrefix("-") }.map { SourceTree.Entry(path: GoPath.clean($0)).name }
                guard names.count == 2, names[1] == ".env",
                    [".env.example", ".env.sample", ".env.template", ".env.dist", "env.example"].contains(names[0]),
                    let text = file.repository.tree.text(GoPath.clean(folder + "/" + names[0]))
                        ?? file.repository.tree.text(names[0]),
                    let wrong = Dotenv(parsing: text).assignments.first(where: { assignment in
                        guard let value = assignment.value, !value.isEmpty else { return false }
                        return DebugMode.advice(assignment.name, value) != nil
                            || SecretText.isSecret(name: assignment.name) && SecretText.isKnown(value)
                    })
                else { continue }
                return Violation(
                    line: step.line,
                    "\(names[0]) says \(wrong.name)=\(wrong.value ?? ""), and it holds in the image; give the values when the "
                        + "container starts, and delete this copy")
            }
            return nil
        }
    }
}

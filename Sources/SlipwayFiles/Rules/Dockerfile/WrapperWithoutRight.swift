// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// COPY keeps the mode that the file has.
    static let wrapperWithoutRight = Rule(
        "DF068", .error, "a step runs a script that may not be run",
        why:
            "COPY keeps the mode that git keeps: without the right to run, the build stops with \"permission denied\".",
        catches: [
            RuleExample(
                [
                    "Dockerfile": "FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nRUN ./mvnw package\n",
                    "mvnw": "#!/bin/sh\nexec java \"$@\"\n",
                ], executables: [])
        ],
        passes: [
            RuleExample(
                [
                    "Dockerfile":
                        "FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nRUN chmod +x mvnw && ./mvnw package\n",
                    "mvnw": "#!/bin/sh\nexec java \"$@\"\n",
                ], executables: []),
            RuleExample(
                [
                    "Dockerfile": "FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nRUN ./mvnw package\n",
                    "mvnw": "#!/bin/sh\nexec java \"$@\"\n",
                ], executables: ["mvnw"]),
            RuleExample(
                [
                    "Dockerfile": "FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nRUN sh ./mvnw package\n",
                    "mvnw": "#!/bin/sh\nexec java \"$@\"\n",
                ], executables: []),
        ]
    ) { file in
        guard file.repository.isWhole, let executables = file.repository.executables else { return [] }
        let contexts = ContextFiles.contexts(file)
        return file.stages.compactMap { stage in
            var isMended = false
            for instruction in file.lineage(of: stage) {
                if instruction.text.contains("chmod") || instruction.text.contains("core.fileMode") { isMended = true }
                guard instruction.keyword == "RUN", !isMended, instruction.line >= stage.from.line,
                    let name = script(of: instruction.text)
                else { continue }
                let found = contexts.map { ContextFiles.join($0, name) }.first { file.repository.tree.contains($0) }
                guard let found, !executables.contains(found), file.repository.tree.text(found)?.hasPrefix("#!") == true
                else { continue }
                return Violation(
                    line: instruction.line,
                    "\(found) may not be run; type: git update-index --chmod=+x \(found), or write: RUN sh ./\(name) ..."
                )
            }
            return nil
        }
    }

    /// `mvnw` of `RUN ./mvnw package`, where the script is the first word of a command.
    private static func script(of text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        for (index, word) in words.enumerated() where word.hasPrefix("./") && index > 0 {
            let before = words[index - 1]
            let isFirst =
                before == "RUN" || ["&&", ";", "||", "\\", "|", "then", "do"].contains(before)
                || before.hasPrefix("--mount")
            let name = String(word.dropFirst(2).prefix { $0 != ";" })
            // Names in other folders are made by steps before.
            guard isFirst, !name.isEmpty, !name.contains("/"), !name.contains("$"), !name.contains("*") else {
                continue
            }
            return name
        }
        return nil
    }
}

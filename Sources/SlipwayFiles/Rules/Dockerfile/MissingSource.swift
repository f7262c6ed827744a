// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build stops at this instruction.
    static let missingSource = Rule(
        "DF037", .error, "COPY of a file that is not there",
        why: "The build stops at this instruction.",
        catches: [["Dockerfile": "FROM python:3.12-slim\nCOPY requirements.txt /app/", "main.py": ""]],
        passes: [
            ["Dockerfile": "FROM python:3.12-slim\nCOPY requirements.txt /app/", "requirements.txt": ""],
            ["Dockerfile": "FROM python:3.12-slim\nCOPY dist/ /app/"],
            ["app/Dockerfile": "FROM python:3.12-slim\nCOPY app/main.py /", "app/main.py": ""],
        ]
    ) { file in
        ContextFiles.missing(file)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The file is not in the build context, so the build stops here.
    static let ignoredSource = Rule(
        "DF209", .error, "COPY of a file that .dockerignore leaves out", alias: ["CopyIgnoredFile"],
        why: "The file is not in the build context, so the build stops here.",
        catches: [
            [
                "Dockerfile": "FROM python:3.12-slim\nCOPY requirements.txt /app/", "requirements.txt": "",
                ".dockerignore": "*.txt\n",
            ],
            ["Dockerfile": "FROM python:3.12-slim\nCOPY . /app/", "main.py": "", ".dockerignore": "*\n"],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.12-slim\nCOPY requirements.txt /app/", "requirements.txt": "",
                ".dockerignore": "*.txt\n!requirements.txt\n",
            ]
        ]
    ) { file in
        ContextFiles.ignored(file)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The .git folder, local .env files and installed packages all enter the image.
    static let noIgnoreFile = Rule(
        "DF030", .warning, "the whole folder is copied and no .dockerignore stands beside",
        why: "The .git folder, local .env files and installed packages all enter the image.",
        catches: [["Dockerfile": "FROM python:3.12-slim\nCOPY . /app", "app.py": ""]],
        passes: [
            ["Dockerfile": "FROM python:3.12-slim\nCOPY . /app", ".dockerignore": ".git\n"],
            ["Dockerfile": "FROM python:3.12-slim\nCOPY app.py /app/"],
        ]
    ) { file in
        ContextFiles.withoutIgnoreFile(file)
    }
}

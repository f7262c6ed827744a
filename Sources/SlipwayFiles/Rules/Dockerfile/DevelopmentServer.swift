// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// It serves one request at a time, shows its internals on errors, or watches files that never change.
    static let developmentServer = Rule(
        "DF031", .warning, "a development server in the image",
        why: "It serves one request at a time, shows its internals on errors, or watches files that never change.",
        catches: [
            "FROM node:22-slim\nCMD [\"npm\", \"run\", \"dev\"]",
            "FROM python:3.12-slim\nCMD [\"python\", \"manage.py\", \"runserver\", \"0.0.0.0:8000\"]",
            "FROM python:3.12-slim\nCMD uvicorn app:app --reload",
        ],
        passes: [
            "FROM node:22-slim\nCMD [\"node\", \"server.js\"]",
            ["Dockerfile.dev": "FROM node:22-slim\nCMD [\"npm\", \"run\", \"dev\"]"],
            "FROM python:3.12-slim\nCMD [\"gunicorn\", \"app:app\"]",
        ]
    ) { file in
        ServerCommands.development(file)
    }
}

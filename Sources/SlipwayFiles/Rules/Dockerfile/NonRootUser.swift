// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// After an escape from the container, a process that ran as root is root on the host.
    static let nonRootUser = Rule(
        "DF014", .warning, "the container runs as root",
        why: "After an escape from the container, a process that ran as root is root on the host.",
        catches: [
            "FROM python:3.12-slim\nCMD [\"python\", \"app.py\"]",
            "FROM docker.io/bitnami/python:3.12\nCMD [\"python\", \"app.py\"]",
        ],
        passes: [
            "FROM bitnami/nginx:latest\nCOPY a /app\n",
            "FROM python:3.12-slim\nUSER 1000\nCMD [\"python\", \"app.py\"]",
            "FROM gcr.io/distroless/static:nonroot\nCMD [\"/app\"]",
            "FROM debian:12 AS base\nUSER app\nFROM base\nCMD [\"/app\"]",
        ]
    ) { file in
        RootUsers.violations(file)
    }
}

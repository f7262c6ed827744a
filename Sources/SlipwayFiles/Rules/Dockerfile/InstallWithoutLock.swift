// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// npm install may choose other versions than the lock file says; npm ci never does.
    static let installWithoutLock = Rule(
        "DF036", .info, "npm install although a lock file is there",
        why: "npm install may choose other versions than the lock file says; npm ci never does.",
        catches: [
            [
                "Dockerfile": "FROM node:22-slim\nCOPY package*.json ./\nRUN npm install\n", "package.json": "{}",
                "package-lock.json": "{}",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22-slim\nCOPY package*.json ./\nRUN npm ci\n", "package.json": "{}",
                "package-lock.json": "{}",
            ], ["Dockerfile": "FROM node:22-slim\nRUN npm install\n", "package.json": "{}"],
        ]
    ) { file in
        ContextFiles.installWithoutLock(file)
    }
}

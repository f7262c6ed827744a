// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Test tools and compilers are in the image that runs: larger, slower to pull, more to attack.
    static let developmentDependencies = Rule(
        "DF012", .warning, "development dependencies in the final image",
        why: "Test tools and compilers are in the image that runs: larger, slower to pull, more to attack.",
        catches: [
            "FROM node:22-slim\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"server.js\"]",
            "FROM python:3.12-slim\nRUN pip install --no-cache-dir -r requirements-dev.txt\nCMD [\"python\", \"app.py\"]",
        ],
        passes: [
            "FROM node:22-slim\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD [\"node\", \"server.js\"]",
            "FROM node:22-slim\nENV NODE_ENV=production\nRUN npm ci\nCMD [\"node\", \"server.js\"]",
            "FROM node:22 AS build\nRUN npm ci\nFROM nginx:1.27\nCOPY --from=build /dist /usr/share/nginx/html",
        ]
    ) { file in
        ProductionInstalls.violations(file)
    }
}

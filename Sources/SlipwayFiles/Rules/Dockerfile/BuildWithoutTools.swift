// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build script needs what --omit=dev leaves out, so the image does not build.
    static let buildWithoutTools = Rule(
        "DF024", .error, "a build without its development dependencies",
        why: "The build script needs what --omit=dev leaves out, so the image does not build.",
        catches: [
            [
                "Dockerfile": "FROM node:22-slim\nCOPY . .\nRUN npm ci --only=production\nRUN npm run build",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"5.0.0\"}}",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22-slim\nCOPY . .\nRUN npm ci\nRUN npm run build",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"5.0.0\"}}",
            ],
            [
                "Dockerfile": "FROM node:22-slim\nCOPY . .\nRUN npm ci --omit=dev\nRUN npm run build",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"dependencies\":{\"vite\":\"5.0.0\"}}",
            ],
        ]
    ) { file in
        ProductionInstalls.missingTools(file)
    }
}

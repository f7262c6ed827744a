// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Corepack left Node's distributions with version 25 (nodejs.org/en/blog/release/v25.0.0).
    static let corepackGone = Rule(
        "DF096", .error, "corepack is called in an image that has none",
        why: "The build ends with: corepack: not found. Since version 25 Node comes without it.",
        catches: [
            "FROM node:25-alpine\nRUN corepack enable && corepack prepare pnpm@9 --activate",
            "FROM node:26 AS base\nFROM base\nRUN corepack enable",
        ],
        passes: [
            "FROM node:24-alpine\nRUN corepack enable", "FROM node:lts\nRUN corepack enable",
            "FROM node:25\nRUN npm install -g corepack && corepack enable",
            "FROM node:25\nRUN npm i --global corepack@latest\nRUN corepack enable",
            "FROM node:25\nRUN corepack enable || npm install -g pnpm",
        ]
    ) { file in
        file.reading.steps.compactMap { step -> Violation? in
            guard step.keyword == "RUN", !step.isTrigger, let index = step.stage, file.stages.indices.contains(index),
                let command = step.program?.commands.first(where: { $0.name == "corepack" }), !command.isFollowedByOr
            else { return nil }
            let stage = file.stages[index]
            let image = ImageName(file.rootImage(of: stage))
            let isInstalled = file.lineage(of: stage).contains { instruction in
                instruction.keyword == "RUN" && instruction.text.contains("npm")
                    && [" -g ", " --global "].contains { instruction.text.contains($0) }
                    && instruction.text.contains("corepack")
                    && instruction.text.contains(" i")
            }
            guard image.name == "node", let major = image.tag.flatMap({ PackageVersion($0) })?.parts.first, major >= 25,
                !isInstalled
            else { return nil }
            return Violation(
                line: step.line, "Node \(major) comes without corepack; write before it: npm install -g corepack && …")
        }
    }
}

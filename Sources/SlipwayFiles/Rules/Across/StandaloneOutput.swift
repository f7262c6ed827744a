// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Next.js makes the folder only when it is asked for (nextjs.org/docs/app/api-reference/config/next-config-js/output).
    static let standaloneOutput = Rule(
        "AP651", .error, "the image takes Next.js's standalone server, which the build does not make",
        why: "Without output: \"standalone\" there is no .next/standalone, and COPY ends with: not found.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
                "next.config.ts": "export default { reactStrictMode: true };\n",
                "package.json": "{\"dependencies\":{\"next\":\"16\"}}",
            ],
            [
                "web/Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
                "web/package.json": "{\"dependencies\":{\"next\":\"16\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
                "next.config.mjs": "export default { output: process.env.CI ? \"standalone\" : undefined };\n",
                "package.json": "{\"dependencies\":{\"next\":\"16\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nENV NEXT_PRIVATE_STANDALONE=true\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22\nCOPY --from=build /app/.next/standalone ./\n",
                "next.config.js": "module.exports = {}\n", "package.json": "{\"dependencies\":{\"next\":\"16\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            let copy = unit.dockerfile.document.instructions.first { instruction in
                instruction.keyword == "COPY" && instruction.flag("from") != nil
                    && instruction.arguments.first?.contains(".next/standalone") == true
            }
            guard let copy, let context = BuildContexts.of(unit).first,
                // The build can write its own configuration.
                !["NEXT_PRIVATE_STANDALONE", "next.config"].contains(where: unit.dockerfile.text.contains)
            else { return nil }
            let files = repository.tree.files(under: context)
            let settings = files.filter {
                ["next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs"].contains($0.name)
            }
            let isNext = files.contains { entry in
                entry.name == "package.json" && repository.tree.text(entry.path)?.contains("\"next\"") == true
            }
            // What a configuration imports from beside it is not followed.
            let isAsked = settings.contains { entry in
                let text = repository.tree.text(entry.path) ?? "standalone"
                return ["standalone", "from \"./", "from './", "from \"../", "from '../", "require(\".", "require('."]
                    .contains(where: text.contains)
            }
            guard isNext, !isAsked else { return nil }
            let place = settings.map(\.path).min() ?? context.appending(path: "next.config.js")
            return Violation(
                file: unit.dockerfile.location, line: copy.line,
                "the build makes no .next/standalone; write in \(place): output: \"standalone\"")
        }
    }
}

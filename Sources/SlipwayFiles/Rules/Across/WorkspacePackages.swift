// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Node finds the folder and not what it is.
    static let packageWithoutManifest = Rule(
        "AP208", .error, "a workspace package is copied without its package.json",
        why:
            "node_modules links to the package's folder, and Node reads its package.json to know what to load: without it "
            + "the import ends with ERR_MODULE_NOT_FOUND.",
        catches: [
            [
                "server/Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN pnpm install && pnpm -r build\nFROM node:22-slim\nWORKDIR /app\n"
                    + "COPY --from=build /app/node_modules ./node_modules\nCOPY --from=build /app/server/dist ./server/dist\n"
                    + "COPY --from=build /app/packages/shared/dist ./packages/shared/dist\nCMD [\"node\", \"server/dist/a.js\"]\n",
                "server/package.json": "{\"dependencies\":{\"@a/shared\":\"workspace:*\"}}",
                "packages/shared/package.json": "{\"name\":\"@a/shared\",\"main\":\"dist/index.js\"}",
            ]
        ],
        passes: [
            [
                "server/Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN pnpm install && pnpm -r build\nFROM node:22-slim\nWORKDIR /app\n"
                    + "COPY --from=build /app/node_modules ./node_modules\nCOPY --from=build /app/packages/shared ./packages/shared\n"
                    + "CMD [\"node\", \"server/dist/a.js\"]\n",
                "server/package.json": "{\"dependencies\":{\"@a/shared\":\"workspace:*\"}}",
                "packages/shared/package.json": "{\"name\":\"@a/shared\",\"main\":\"dist/index.js\"}",
            ],
            [
                "server/Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN pnpm install && pnpm -r build\nFROM node:22-slim\nWORKDIR /app\n"
                    + "COPY --from=build /app/packages/shared/dist ./packages/shared/dist\n"
                    + "COPY packages/shared/package.json ./packages/shared/\nCMD [\"node\", \"server/dist/a.js\"]\n",
                "server/package.json": "{\"dependencies\":{\"@a/shared\":\"workspace:*\"}}",
                "packages/shared/package.json": "{\"name\":\"@a/shared\",\"main\":\"dist/index.js\"}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let manifests = repository.tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }
        let texts = manifests.map { (folder: $0.directory, text: repository.tree.text($0.path) ?? "") }
        guard texts.contains(where: { $0.text.contains("\"workspace:") }) else { return [] }
        return repository.dockerfiles.flatMap { dockerfile -> [Violation] in
            guard let final = dockerfile.stages.last, dockerfile.finalBase.map({ ImageName($0).name }) == "node" else {
                return []
            }
            let copies = dockerfile.lineage(of: final).filter { $0.keyword == "COPY" }
            return copies.compactMap { copy -> Violation? in
                guard copy.flag("from") != nil, let source = copy.arguments.first, source.hasSuffix("/dist"),
                    let package = texts.first(where: { $0.folder != "." && source.hasSuffix("/\($0.folder)/dist") }),
                    let name = JSONDocument(parsing: package.text).root?["name"]?.text,
                    texts.contains(where: {
                        $0.text.contains("\"\(name)\": \"workspace:") || $0.text.contains("\"\(name)\":\"workspace:")
                    })
                else { return nil }
                let folder = package.folder
                let brings = copies.contains { other in
                    other.arguments.dropLast().contains { path in
                        let path = path.hasSuffix("/") ? String(path.dropLast()) : path
                        return path.hasSuffix(folder + "/package.json") || path.hasSuffix(folder)
                            || folder.hasPrefix((SourceTree.Entry(path: GoPath.clean(path)).name) + "/") || path == "."
                            || path.hasSuffix("/app") || path.contains("*")
                    }
                }
                guard !brings else { return nil }
                let target = copy.arguments.last.map { $0.hasSuffix("/dist") ? String($0.dropLast(5)) : $0 } ?? folder
                return Violation(
                    file: dockerfile.location, line: copy.line,
                    "\(name) comes without its package.json; add: COPY --from=\(copy.flag("from")?.value ?? "build") "
                        + "\(source.dropLast(5))/package.json \(target)/")
            }
        }
    }
}

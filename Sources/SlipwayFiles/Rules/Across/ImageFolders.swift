// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The folder is optional for the framework and not for COPY.
    static let noPublicFolder = Rule(
        "AP191", .error, "COPY wants a public folder that the application does not have",
        why:
            "Next.js makes no public folder: without one in the repository COPY --from finds nothing, and the build of "
            + "the image stops.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/public ./public\n",
                "package.json": "{\"dependencies\":{\"next\":\"15\"}}", "pages/index.js": "",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/public ./public\n",
                "package.json": "{\"dependencies\":{\"next\":\"15\"}}", "public/a.svg": "",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN mkdir -p public && npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/public ./public\n",
                "package.json": "{\"dependencies\":{\"next\":\"15\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let homes = [unit.context, folder].compactMap { $0 }
            guard
                let copy = unit.instructions.first(where: {
                    $0.keyword == "COPY" && $0.flag("from") != nil && $0.arguments.count == 2
                        && SourceTree.Entry(path: GoPath.clean($0.arguments[0])).name == "public"
                }),
                let home = homes.first(where: { repository.tree.contains(GoPath.clean($0 + "/package.json")) }),
                let package = repository.tree.text(GoPath.clean(home + "/package.json")),
                JSONDocument(parsing: package).root?.at("dependencies", "next") != nil,
                JSONDocument(parsing: package).root?["workspaces"] == nil,
                !repository.tree.hasDirectory(GoPath.clean(home + "/public")),
                !unit.dockerfile.text.split(whereSeparator: \.isNewline).contains(where: {
                    $0.contains("mkdir") && $0.contains("public")
                }), !package.contains("sitemap"), !package.contains("public"),
                // Of a workspace the copy may name another member.
                !repository.tree.entries.contains(where: { $0.path.hasSuffix("next.config.js") && $0.directory != home }
                ),
                !repository.tree.entries.contains(where: {
                    $0.path.contains("/public/") && $0.path.hasPrefix(home + "/")
                })
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: copy.line,
                "\(home == "." ? "the repository" : home) has no public folder; add one with a .gitkeep, or delete the line"
            )
        }
    }

    /// supervisord ends when it cannot write its log.
    static let missingLogFolder = Rule(
        "AP192", .error, "supervisord logs into a folder that the image does not have",
        why: "supervisord ends at the start: the directory named as part of the path does not exist. Debian's package "
            + "makes /var/log/supervisor, Alpine's and pip's do not.",
        catches: [
            [
                "Dockerfile":
                    "FROM php:8.4-fpm-alpine\nRUN apk add --no-cache supervisor\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf":
                    "[supervisord]\nnodaemon=true\nlogfile=/var/log/supervisor/supervisord.log\n[program:web]\ncommand=php-fpm\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM php:8.4-fpm-alpine\nRUN apk add --no-cache supervisor && mkdir -p /var/log/supervisor\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf": "[supervisord]\nlogfile=/var/log/supervisor/supervisord.log\n",
            ],
            [
                "Dockerfile":
                    "FROM php:8.4-fpm\nRUN apt-get update && apt-get install -y supervisor\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf": "[supervisord]\nlogfile=/var/log/supervisor/supervisord.log\n",
            ],
            [
                "Dockerfile":
                    "FROM php:8.4-fpm-alpine\nRUN apk add --no-cache supervisor\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf": "[supervisord]\nlogfile=/dev/null\n",
            ],
        ]
    ) { repository in
        repository.images.flatMap { unit -> [Violation] in
            let text = unit.instructions.map(\.text).joined(separator: "\n")
            let isMade = text.contains("apt-get install") || text.contains("apt install") || text.contains("apt-get -y")
            guard let base = unit.dockerfile.finalBase, ImageName(base).isAlpine, !isMade, text.contains("supervisor")
            else { return [] }
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let mounts = (unit.service?.mounts ?? []).map(\.target)
            let copies = unit.instructions.filter { $0.keyword == "COPY" && $0.flag("from") == nil }
            for copy in copies {
                for source in copy.arguments.dropLast() where source.hasSuffix(".conf") || source.hasSuffix(".ini") {
                    let paths = [unit.context, folder, "."].compactMap { $0 }.map { GoPath.clean($0 + "/" + source) }
                    guard let path = paths.first(where: repository.tree.contains),
                        let content = repository.tree.text(path), content.contains("[supervisord]")
                    else { continue }
                    let sections = SupervisorFile(parsing: content).sections
                    for option in sections.flatMap(\.options) where option.name.hasSuffix("logfile") {
                        let log = option.value
                        let place = SourceTree.Entry(path: log).directory
                        guard log.hasPrefix("/var/log/"), place != "/var/log", !text.contains(place),
                            !["nginx", "apache2"].contains(SourceTree.Entry(path: place).name),
                            !mounts.contains(where: { $0.hasPrefix(place) })
                        else { continue }
                        return [
                            Violation(
                                file: path, line: option.line,
                                "\(place) does not exist in \(base); add to \(unit.dockerfile.location): RUN mkdir -p \(place), "
                                    + "or write: logfile=/dev/null")
                        ]
                    }
                }
            }
            return []
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Error loading shared library libssl.so.1.1
    static let prismaWithoutOpenSSL = Rule(
        "AP665", .error, "Prisma looks for OpenSSL where this Alpine does not have it",
        why:
            "Since Alpine 3.21 libssl stands in /usr/lib, and Prisma up to 5 looks in /lib alone (github.com/prisma/prisma/issues/25817): "
            + "without the openssl program it takes the engine for OpenSSL 1.1, which ends with \"Error loading shared library "
            + "libssl.so.1.1\".",
        catches: [
            [
                "Dockerfile":
                    "FROM node:20-alpine\nCOPY . .\nRUN npm ci && npx prisma generate\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^5.14.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:20-alpine\nRUN apk add --no-cache openssl\nCOPY . .\nRUN npm ci && npx prisma generate\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^5.14.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:20-alpine3.19\nCOPY . .\nRUN npm ci && npx prisma generate\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^5.14.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:20-alpine\nCOPY . .\nRUN npm ci && npx prisma generate\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^6.2.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:20-alpine\nCOPY . .\nRUN npm ci && npx prisma generate\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^5.14.0\"}}",
                "prisma/schema.prisma":
                    "generator client {\n  provider = \"prisma-client-js\"\n  binaryTargets = [\"native\", \"linux-musl-openssl-3.0.x\"]\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(ending: "prisma").isEmpty else { return [] }
        let isNamed = repository.tree.files(ending: "prisma").contains { entry in
            repository.tree.text(entry.path)?.contains("openssl-3") == true
        }
        guard !isNamed else { return [] }
        let packages = NodePins.all(in: repository.tree)
        return repository.images.compactMap { unit in
            let base = ImageName(unit.dockerfile.finalBase ?? "")
            guard !unit.isForDevelopment, base.repository == "node", base.digest == nil, isNewAlpine(base.tag ?? ""),
                !unit.dockerfile.text.contains("openssl"), !unit.dockerfile.text.contains("libssl"),
                !unit.dockerfile.text.contains("libc6-compat openssl"),
                unit.dockerfile.text.contains("prisma") || unit.instructions.contains(where: { $0.keyword == "RUN" })
            else { return nil }
            let folders =
                [SourceTree.Entry(path: unit.dockerfile.location).directory] + BuildContexts.of(unit).prefix(1)
            guard
                let own = packages.first(where: { pins in
                    folders.contains(pins.folder) && pins.lowest("@prisma/client") != nil
                }), let version = own.lowest("@prisma/client"), version < PackageVersion(6),
                version >= PackageVersion(2)
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: unit.stage.from.line,
                "Prisma \(version) does not find OpenSSL 3 here; add below this line: RUN apk add --no-cache openssl")
        }
    }

    /// `20-alpine` is the newest Alpine, as `20-alpine3.22` is; Node 18 is the oldest that was built on 3.21.
    private static func isNewAlpine(_ tag: String) -> Bool {
        guard let range = TextSearch.range(of: "alpine", in: tag[...]) else { return false }
        let number = tag[range.upperBound...]
        if number.isEmpty {
            let major = Int(tag.prefix { $0.isNumber }) ?? 99
            // What names its patch is as old as that.
            return major >= 18 && !tag.prefix { $0 != "-" }.contains(".")
        }
        return number.hasPrefix("3.2") && number.count == 4 && number != "3.20"
    }
}

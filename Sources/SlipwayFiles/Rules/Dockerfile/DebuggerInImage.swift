// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Ten times slower, and open to whoever asks.
    static let debuggerInImage = Rule(
        "DF069", .warning, "the image that runs has Xdebug switched on",
        why: "Every request is traced, which costs several times its time, error pages show paths and values, and with "
            + "remote debugging whoever the engine connects to runs code in the application.",
        catches: [
            "FROM php:8.4-fpm\nRUN pecl install xdebug && docker-php-ext-enable xdebug\n",
            "FROM php:8.4-fpm\nRUN docker-php-ext-install gd exif zip && pecl install xdebug && docker-php-ext-enable xdebug\n",
            "FROM php:8.4-apache\nCOPY docker/xdebug.ini /usr/local/etc/php/conf.d/xdebug.ini\n",
        ],
        passes: [
            "FROM php:8.4-fpm AS base\nFROM base AS dev\nRUN pecl install xdebug && docker-php-ext-enable xdebug\nFROM base\n",
            "FROM php:8.4-fpm\nARG XDEBUG\nRUN if [ \"$XDEBUG\" = 1 ]; then pecl install xdebug; fi\n",
            ["Dockerfile.dev": "FROM php:8.4-fpm\nRUN pecl install xdebug && docker-php-ext-enable xdebug\n"],
            "FROM php:8.4-fpm AS development\nRUN pecl install xdebug && docker-php-ext-enable xdebug\n",
        ]
    ) { file in
        guard !DevelopmentPath.isLikely(file.location), let stage = file.stages.last,
            !isForDevelopers(stage.name ?? ""), !hasProductionTwin(file)
        else { return [] }
        let step = file.lineage(of: stage).first { instruction in
            let text = instruction.text
            switch instruction.keyword {
            case "RUN":
                let enables =
                    text.contains("docker-php-ext-enable") || text.contains("install-php-extensions")
                    || text.contains("apk add") || text.contains("apt-get install")
                return text.contains("xdebug") && enables && !text.contains("RUN if ") && !text.contains("; if ")
                    && !text.contains("& if ")
                    && !text.contains("$")
            case "COPY", "ADD": return text.contains("xdebug.ini") && text.contains("conf.d")
            default: return false
            }
        }
        return step.map {
            [
                Violation(
                    line: $0.line,
                    "take Xdebug out of this image; for developers write a stage of its own after it: FROM ... AS development"
                )
            ]
        } ?? []
    }

    private static func isForDevelopers(_ name: String) -> Bool {
        ["dev", "debug", "local", "test"].contains(where: name.lowercased().contains)
    }

    /// Beside a Dockerfile for production the plain one is for developers.
    private static func hasProductionTwin(_ file: CheckedDockerfile) -> Bool {
        let folder = SourceTree.Entry(path: file.location).directory
        return file.repository.tree.files(under: folder).contains { entry in
            entry.directory == folder && entry.name.hasPrefix("Dockerfile") && DevelopmentPath.isProduction(entry.path)
        }
    }
}

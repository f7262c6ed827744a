// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// Laravel makes no folders below storage.
    static let frameworkFolders = Rule(
        "DI008", .error, "a folder that Laravel needs is left out of the image",
        why:
            "Laravel does not make storage/framework/views by itself: without the folder every page ends with \"please "
            + "provide a valid cache path\".",
        catches: [
            [
                ".dockerignore": ".git\nstorage/framework/views\n", "artisan": "#!/usr/bin/env php\n",
                "storage/framework/views/.gitignore": "*\n",
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\nCMD [\"php-fpm\"]\n",
            ]
        ],
        passes: [
            [
                ".dockerignore": ".git\nstorage/framework/views/*.php\n", "artisan": "#!/usr/bin/env php\n",
                "storage/framework/views/.gitignore": "*\n",
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\nCMD [\"php-fpm\"]\n",
            ],
            [
                // What is inside goes, the folder stays.
                ".dockerignore": ".git\nstorage/framework/views/*\n", "artisan": "#!/usr/bin/env php\n",
                "storage/framework/views/.gitignore": "*\n",
                "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\nCMD [\"php-fpm\"]\n",
            ],
            [
                ".dockerignore": ".git\nstorage/framework/views\n", "artisan": "#!/usr/bin/env php\n",
                "storage/framework/views/.gitignore": "*\n",
                "Dockerfile":
                    "FROM php:8.4-fpm\nCOPY . .\nRUN mkdir -p storage/framework/views\nCMD [\"php-fpm\"]\n",
            ],
        ]
    ) { file in
        let tree = file.repository.tree
        let prefix = file.folder == "." ? "" : file.folder + "/"
        guard tree.contains(prefix + "artisan"), IgnoredPaths.copiesEverything(file),
            tree.contains(prefix + "storage/framework/views/.gitignore")
        else { return [] }
        let makers = file.repository.dockerfiles.map(\.text) + file.repository.scripts.map(\.text)
        let isMade = makers.contains { text in
            text.split(whereSeparator: \.isNewline).contains { $0.contains("framework/") && !$0.contains("chmod") }
        }
        guard !isMade else { return [] }
        guard let rule = file.document.decidingRule(for: "storage/framework/views"), !rule.isException else {
            return []
        }
        return [
            Violation(
                line: rule.position.line,
                "\(rule.pattern) takes the folder away; add after COPY: RUN mkdir -p storage/framework/views, or write: "
                    + "storage/framework/views/*")
        ]
    }
}

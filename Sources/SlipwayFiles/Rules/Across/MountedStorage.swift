// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The stream or file could not be opened in append mode.
    static let mountedStorage = Rule(
        "AP263", .warning, "PHP cannot write into the folders that are mounted from the host",
        why: "The host's files lie over the image's and belong to the host's user, while PHP runs as www-data: views, "
            + "sessions and logs cannot be written, and on Linux every page ends with 500.",
        catches: [
            [
                "artisan": "\n", "composer.json": "{\"require\":{\"laravel/framework\":\"^12.0\"}}",
                "compose.yaml": "services:\n  app:\n    build: .\n    volumes:\n      - .:/var/www/html\n",
                "Dockerfile": "FROM php:8.4-fpm\nWORKDIR /var/www/html\n",
            ]
        ],
        passes: [
            [
                "artisan": "\n", "composer.json": "{\"require\":{\"laravel/framework\":\"^12.0\"}}",
                "compose.yaml": "services:\n  app:\n    build: .\n    volumes:\n      - .:/var/www/html\n",
                "Dockerfile": "FROM php:8.4-fpm\nRUN usermod -u 1000 www-data\n",
            ],
            [
                "artisan": "\n", "composer.json": "{\"require\":{\"laravel/framework\":\"^12.0\"}}",
                "compose.yaml": "services:\n  app:\n    build: .\n", "Dockerfile": "FROM php:8.4-fpm\nCOPY . .\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let roots = Set(repository.tree.files(named: "artisan").map(\.directory))
        guard !roots.isEmpty, !isOwned(repository) else { return [] }
        return repository.composeFiles.flatMap { file in
            file.services.compactMap { service -> Violation? in
                guard service.node["user"] == nil, let dockerfile = file.dockerfile(of: service),
                    let base = dockerfile.finalBase.map(ImageName.init), base.name == "php",
                    // Without a server of its own account PHP runs as root.
                    ["fpm", "apache"].contains(where: (base.tag ?? "").contains),
                    dockerfile.finalStage.allSatisfy({ $0.keyword != "USER" }),
                    // Commands of the console run as root.
                    service.command == nil,
                    let mount = service.mounts.first(where: { mount in
                        mount.kind == .bind && mount.source.flatMap(file.resolve).map(roots.contains) == true
                    })
                else { return nil }
                return Violation(
                    file: file.location, line: service.node["volumes"]?.line ?? service.line,
                    "\(mount.target)/storage belongs to the host's user; write into \(dockerfile.location): "
                        + "ARG UID=1000, RUN usermod -u $UID www-data")
            }
        }
    }

    /// Whether anything gives the folders, or the account, another owner.
    private static func isOwned(_ repository: CheckedRepository) -> Bool {
        let texts =
            repository.dockerfiles.map(\.text) + repository.scripts.map(\.text) + repository.composeFiles.map(\.text)
        let signs = [
            "chown", "usermod", "setfacl", "777", "o+w", "a+w", "ugo+", "adduser", "useradd", "WWWUSER", "s6-setuidgid",
        ]
        return texts.contains { text in signs.contains { text.contains($0) } }
    }
}

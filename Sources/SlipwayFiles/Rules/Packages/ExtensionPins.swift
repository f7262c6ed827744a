// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// requires ext-mongodb ^1.16 -> it has the wrong version installed (2.1.0)
    static let extensionTooNew = Rule(
        "AP388", .error, "an image installs a newer PHP extension than the packages allow",
        why:
            "pecl install without a version takes the newest. composer.lock names packages that want the one before, and "
            + "composer install ends: \"it has the wrong version installed\".",
        catches: [
            [
                "Dockerfile": "FROM php:8.3-fpm\nRUN pecl install mongodb && docker-php-ext-enable mongodb\nCOPY . .\n",
                "composer.json": "{\"require\":{\"mongodb/mongodb\":\"^1.16\"}}",
                "composer.lock":
                    "{\"packages\":[{\"name\":\"mongodb/mongodb\",\"require\":{\"ext-mongodb\":\"^1.16.0\"}}]}",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM php:8.3-fpm\nRUN pecl install mongodb-1.21.0 && docker-php-ext-enable mongodb\nCOPY . .\n",
                "composer.json": "{\"require\":{\"mongodb/mongodb\":\"^1.16\"}}",
                "composer.lock":
                    "{\"packages\":[{\"name\":\"mongodb/mongodb\",\"require\":{\"ext-mongodb\":\"^1.16.0\"}}]}",
            ],
            [
                "Dockerfile": "FROM php:8.3-fpm\nRUN pecl install mongodb redis\nCOPY . .\n",
                "composer.json": "{\"require\":{\"mongodb/mongodb\":\"^2.0\"}}",
                "composer.lock":
                    "{\"packages\":[{\"name\":\"mongodb/mongodb\",\"require\":{\"ext-mongodb\":\"^2.0\"}}]}",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "composer.json").isEmpty else { return [] }
        return repository.images.compactMap { unit in
            for step in unit.dockerfile.reading.steps where step.keyword == "RUN" {
                for command in step.program?.commands ?? []
                where ["pecl", "install-php-extensions"].contains(command.name) {
                    for name in command.arguments where newest[name] != nil {
                        guard let major = newest[name],
                            let (package, range) = asked(of: name, for: unit, repository.tree, below: major)
                        else { continue }
                        return Violation(
                            file: unit.dockerfile.location, line: step.line,
                            "this takes \(name) \(major), and \(package) wants \(range); name a version: "
                                + "\(command.name)\(command.name == "pecl" ? " install" : "") \(name)-VERSION")
                    }
                }
            }
            return nil
        }
    }

    /// The major version that each extension has now (https://pecl.php.net).
    private static let newest: [String: Int] = ["mongodb": 2, "swoole": 6]

    /// The package whose range ends below the major version.
    private static func asked(
        of name: String, for unit: DeployedUnit, _ tree: SourceTree, below major: Int
    ) -> (package: String, range: String)? {
        for folder in BuildContexts.of(unit) {
            guard let lock = tree.text(GoPath.clean(folder + "/composer.lock")), lock.contains("\"ext-\(name)\""),
                let root = JSONDocument(parsing: lock).root
            else { continue }
            for package in root["packages"]?.sequence ?? [] {
                guard let range = package.at("require", "ext-\(name)")?.text,
                    range.hasPrefix("^") || range.hasPrefix("~"),
                    !range.contains("|"), let lowest = PackageVersion(range.dropFirst()), lowest.parts[0] < major
                else { continue }
                return (package["name"]?.text ?? "composer.lock", range)
            }
        }
        return nil
    }
}

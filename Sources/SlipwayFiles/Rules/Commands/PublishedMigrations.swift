// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Duplicate column name.
    static let publishedTwice = Rule(
        "AP265", .warning, "a step publishes migrations that the repository has already",
        why:
            "vendor:publish writes the package's migrations under a new date: the next migrate makes the same table or "
            + "column a second time and ends there.",
        catches: [
            [
                "README.md":
                    "```sh\nphp artisan vendor:publish --provider=\"Laravel\\Fortify\\FortifyServiceProvider\"\nphp artisan migrate\n```\n",
                "database/migrations/0001_users.php": "<?php\n$table->text('two_factor_secret')->nullable();\n",
            ]
        ],
        passes: [
            [
                "README.md":
                    "```sh\nphp artisan vendor:publish --provider=\"Laravel\\Fortify\\FortifyServiceProvider\"\nphp artisan migrate\n```\n",
                "database/migrations/0001_users.php": "<?php\n$table->string('name');\n",
            ],
            [
                "README.md": "```sh\nphp artisan vendor:publish --tag=laravel-assets\n```\n",
                "database/migrations/0001_users.php": "<?php\n$table->text('two_factor_secret')->nullable();\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let migrations = repository.tree.files(under: "database/migrations").compactMap {
            repository.tree.text($0.path)
        }
        guard !migrations.isEmpty else { return [] }
        return repository.toldCommands.compactMap { told in
            guard told.words.contains("vendor:publish") else { return nil }
            let line = told.command.words.map(\.source).joined(separator: " ").lowercased()
            guard
                let package = packages.first(where: {
                    line.contains($0.name) && (line.contains("provider") || line.contains("migrations"))
                }),
                !line.contains("config"), migrations.contains(where: { $0.contains(package.sign) })
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "database/migrations makes \(package.sign) already; delete the step", severity: told.severity)
        }
    }

    /// Packages that publish migrations under the date of the day, and what only theirs make.
    private static let packages: [(name: String, sign: String)] = [
        ("fortify", "two_factor_secret"), ("sanctum", "personal_access_tokens"), ("telescope", "telescope_entries"),
        ("passport", "oauth_clients"), ("cashier", "trial_ends_at"), ("activitylog", "activity_log"),
        ("medialibrary", "responsive_images"), ("pulse", "pulse_entries"), ("jetstream", "two_factor_secret"),
    ]
}

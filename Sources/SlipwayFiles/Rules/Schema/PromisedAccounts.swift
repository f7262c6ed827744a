// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// These credentials do not match our records.
    static let promisedAccount = Rule(
        "AP585", .warning, "a document promises an account that no step makes",
        why:
            "The account stands in a seed alone, and neither the document, nor a script, nor what deploys runs it: a new "
            + "installation has nobody who could log in.",
        catches: [
            [
                "README.md": "Default login:\n- Email: `admin@shop.example`\n- Password: `admin12345`\n",
                "artisan": "",
                "composer.json": "{\"autoload\":{\"psr-4\":{\"Database\\\\Seeders\\\\\":\"database/seeders/\"}}}",
                "database/seeders/DatabaseSeeder.php": "<?php\nUser::create(['email' => 'admin@shop.example']);\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nphp artisan migrate --force\nexec php-fpm\n",
            ]
        ],
        passes: [
            [
                "README.md":
                    "php artisan migrate --seed\n\nDefault login:\n- Email: `admin@shop.example`\n- Password: `admin12345`\n",
                "artisan": "",
                "database/seeders/DatabaseSeeder.php": "<?php\nUser::create(['email' => 'admin@shop.example']);\n",
            ],
            [
                "README.md": "Default login:\n- Email: `admin@shop.example`\n- Password: `admin12345`\n",
                "artisan": "", "database/migrations/1_a.php": "<?php\n(new AdminSeeder)->run();\n",
                "database/seeders/AdminSeeder.php": "<?php\nUser::create(['email' => 'admin@shop.example']);\n",
            ],
            [
                "README.md": "Questions: help@shop.example\n", "artisan": "",
                "database/seeders/AdminSeeder.php": "<?php\nUser::create(['email' => 'help@shop.example']);\n",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole, !tree.files(named: "artisan").isEmpty || !tree.files(named: "seeds.rb").isEmpty else {
            return []
        }
        let seeds = (tree.files(ending: "php") + tree.files(ending: "rb")).filter(isSeed)
        let accounts = Set(seeds.flatMap { tree.text($0.path).map(addresses) ?? [] })
        guard !accounts.isEmpty, let place = promise(of: accounts, in: repository), !isRun(in: repository) else {
            return []
        }
        let command = tree.files(named: "artisan").isEmpty ? "bin/rails db:seed" : "php artisan db:seed --force"
        return [
            Violation(
                file: place.file, line: place.line,
                "nothing makes \(place.account) on a new installation; add to the steps: \(command)")
        ]
    }

    private static func isSeed(_ entry: SourceTree.Entry) -> Bool {
        entry.path.contains("database/seed") || entry.path.hasSuffix("db/seeds.rb")
    }

    /// Addresses of mail in quotes.
    private static func addresses(in text: String) -> [String] {
        text.split { $0 == "'" || $0 == "\"" || $0 == "\n" }.filter { word in
            word.contains("@") && word.contains(".") && word.utf8.count < 60
                && word.allSatisfy { $0.isLetter || $0.isNumber || "@.-_+".contains($0) }
        }.map(String.init)
    }

    /// The line of a document that names one of the accounts beside its password.
    private static func promise(
        of accounts: Set<String>, in repository: CheckedRepository
    ) -> (file: String, line: Int, account: String)? {
        for entry in repository.documents {
            guard let text = repository.tree.text(entry.path), text.contains("@") else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.contains("@") {
                let words = line.split { !($0.isLetter || $0.isNumber || "@.-_+".contains($0)) }.map(String.init)
                guard let account = words.first(where: accounts.contains) else { continue }
                let near = lines[max(0, index - 2)...min(lines.count - 1, index + 2)]
                if near.contains(where: { $0.lowercased().contains("password") || $0.lowercased().contains("login") }) {
                    return (entry.path, index + 1, account)
                }
            }
        }
        return nil
    }

    /// Whether anything but the seeds themselves speaks of them.
    private static func isRun(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard !isSeed(entry), !entry.path.contains("vendor/"), !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 500_000
            else { return false }
            if entry.name == "composer.json" || entry.name.hasSuffix(".lock") {
                return ["db:seed", "--seed"].contains { ByteSearch.contains($0.utf8, in: bytes) }
            }
            // In code the word means many things.
            let isCode = [".php", ".rb", ".js", ".ts", ".vue", ".css"].contains(where: entry.name.hasSuffix)
            let words = isCode ? ["Seeder", "db:seed", "seeds.rb", "load_seed"] : ["seed", "Seed"]
            return words.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}

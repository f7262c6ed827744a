// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Their addresses are in every scanner's list.
    static let openMaintenance = Rule(
        "EN298", .error, "a script for maintenance or a dump lies in the folder that everybody can open",
        why:
            "The web server runs or sends whatever file of this folder is asked for, without the application's login: "
            + "strangers change the tables, read the settings or take the data.",
        catches: [
            [
                "public/index.php": "<?php require 'a.php';\n",
                "public/fix_schema.php":
                    "<?php\n$pdo = new PDO('mysql:host=localhost', 'root', '');\n$pdo->exec(\"ALTER TABLE a MODIFY b INT NULL\");\n",
            ],
            ["public/index.php": "<?php\n", "public/info.php": "<?php phpinfo();\n"],
            ["public/index.php": "<?php\n", "public/adminer-4.8.1.php": "<?php\n"],
            ["public/index.php": "<?php\n", "public/backup.sql": "INSERT INTO users VALUES (1);\n"],
            [
                "public/index.php": "<?php\n",
                "public/migrate.php":
                    "<?php\n$kernel->call('migrate', ['--force' => true]);\nArtisan::call('migrate');\n",
            ],
        ],
        passes: [
            ["public/index.php": "<?php\n$app->run();\n", "scripts/fix.php": "<?php $pdo->exec('ALTER TABLE a');\n"],
            [
                "public/index.php": "<?php\n",
                "public/fix.php":
                    "<?php\nif (PHP_SAPI !== 'cli') exit;\n$pdo->exec('ALTER TABLE a MODIFY b INT NULL');\n",
            ],
            ["public/index.html": "<html>\n", "public/data/world.json": "{}"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return WebRoot.folders(in: repository.tree).flatMap { folder in
            repository.tree.files(under: folder).compactMap { entry in
                guard !entry.path.contains("vendor/"), !entry.path.contains("node_modules/"),
                    let found = WebRoot.danger(of: entry, in: repository.tree)
                else { return nil }
                return Violation(file: entry.path, line: found.line, found.message)
            }
        }
    }
}

/// Folders that a web server hands out, and what must not lie there.
private enum WebRoot {
    private static let names: Set<String> = ["public", "public_html", "htdocs", "webroot", "wwwroot", "www", "web"]

    /// Those with PHP's front page in them, whose other scripts the server runs as well.
    static func folders(in tree: SourceTree) -> [String] {
        tree.files(named: "index.php").map(\.directory).filter { folder in
            names.contains(SourceTree.Entry(path: folder).name)
        }
    }

    static func danger(of entry: SourceTree.Entry, in tree: SourceTree) -> (line: Int, message: String)? {
        let name = entry.name.lowercased()
        if name.hasPrefix("adminer"), name.hasSuffix(".php") || name.hasSuffix(".phtml") {
            return (1, "everybody gets Adminer's login to the database; delete it, and reach the database through ssh")
        }
        guard let bytes = tree.bytes(entry.path), bytes.count < 4 << 20 else { return nil }
        if name.hasSuffix(".sql"), ByteSearch.contains("INSERT INTO".utf8, in: bytes) {
            return (1, "everybody can download the rows of this dump; delete it, and keep dumps out of git")
        }
        guard name.hasSuffix(".php"), name != "index.php", let text = tree.text(entry.path) else { return nil }
        let code = CodeText(path: entry.path, text: text)
        if let line = code.line(with: "phpinfo()") {
            return (line, "everybody reads the server's settings and variables; delete the file")
        }
        guard let line = change(in: code), !isGuarded(text) else { return nil }
        return (line, "everybody who opens it changes the tables; delete it, and make the change a migration")
    }

    private static let changes = [
        "ALTERTABLE", "DROPTABLE", "CREATETABLE", "TRUNCATETABLE", "Artisan::call('migrate", "Artisan::call('db:",
        "Schema::table(", "Schema::create(", "Schema::drop",
    ]
    private static func change(in code: CodeText) -> Int? { code.line(withAny: changes) }

    /// Signs that it asks who calls.
    private static func isGuarded(_ text: String) -> Bool {
        let lower = text.lowercased()
        return [
            "php_sapi", "session", "auth", "password_verify", "http_x_", "remote_addr", "token", "$_get['key", "secret",
            "login", "is_admin", "current_user",
        ].contains(where: lower.contains)
    }
}

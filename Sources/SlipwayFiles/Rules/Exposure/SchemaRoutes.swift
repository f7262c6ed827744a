// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Temporary, says the remark above it.
    static let routeChangesSchema = Rule(
        "EN304", .warning, "an address of the application changes the tables",
        why:
            "Whoever may open the page, often everybody, changes the schema or empties it, as often as it is opened. The "
            + "change is in no migration, so the next database lacks it.",
        catches: [
            [
                "routes/web.php":
                    "<?php\nRoute::get('/fix-db', function () {\n    Schema::table('orders', function ($table) {\n        $table->string('a');\n    });\n});\n"
            ],
            [
                "routes/web.php":
                    "<?php\nRoute::get('/migrate', function () {\n    Artisan::call('migrate:fresh');\n});\n"
            ],
            ["shop/views.py": "def fix(request):\n    call_command('migrate')\n    return HttpResponse('done')\n"],
        ],
        passes: [
            ["routes/web.php": "<?php\nRoute::get('/clear', function () {\n    Artisan::call('cache:clear');\n});\n"],
            [
                "routes/console.php":
                    "<?php\nArtisan::command('fix', function () {\n    Artisan::call('migrate');\n});\n"
            ],
            [
                "routes/web.php":
                    "<?php\nif (app()->environment('local')) {\n    Route::get('/migrate', fn () => Artisan::call('migrate'));\n}\n"
            ],
            ["shop/management/commands/fix.py": "call_command('migrate')\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let routes = repository.code([".php"], with: ["Schema::", "Artisan::call"]).filter { code in
            code.path.contains("routes/web") || code.path.contains("routes/api")
        }
        let views = repository.code([".py"], with: ["call_command("]).filter { $0.path.hasSuffix("views.py") }
        return (routes + views).compactMap { code in
            let signs = [
                "Schema::table(", "Schema::create(", "Schema::drop", "Artisan::call('migrate", "Artisan::call('db:",
                "call_command('migrate", "call_command('flush",
            ]
            guard let line = code.line(withAny: signs), code.bare[line - 1].hasPrefix("Artisan::command") == false,
                !code.isGuarded(line, by: ["environment(", "isLocal()", "DEBUG"], before: 6)
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "opening the page changes the database; delete the route, and make the change a migration")
        }
    }
}

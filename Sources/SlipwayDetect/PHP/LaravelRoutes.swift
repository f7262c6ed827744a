// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The paths of Laravel's route files; those of `routes/api.php` stand below `/api`.
enum LaravelRoutes {
    private static let callees = [
        "Route::get", "Route::post", "Route::put", "Route::patch", "Route::delete", "Route::any", "Route::resource",
        "Route::apiResource", "Route::prefix", "Route::view", "Route::match",
    ]

    static func paths(in tree: SourceTree, directory: String) -> [(String, CodeLine)] {
        [("routes/api.php", "/api"), ("routes/web.php", "")].flatMap { file, prefix -> [(String, CodeLine)] in
            let path = directory.appending(path: file)
            guard let text = tree.text(path) else { return [] }
            let found = paths(text, path, below: prefix)
            // Verbs behind groups and middleware stand below the prefix all the same.
            guard found.isEmpty, !prefix.isEmpty, isMapped(file, directory, tree),
                let line = CodeLine.lines(of: CodeBase.File(path: path, text: text)).first(where: {
                    $0.text.has("Route::")
                })
            else { return found }
            return [(prefix, line)]
        }
    }

    /// Laravel 11 takes a route file that bootstrap/app.php names, its predecessors all that the provider has
    /// (laravel.com/docs/routing#api-routes).
    private static func isMapped(_ file: String, _ directory: String, _ tree: SourceTree) -> Bool {
        tree.contains(directory.appending(path: "app/Providers/RouteServiceProvider.php"))
            || tree.text(directory.appending(path: "bootstrap/app.php"))?.contains(file) == true
    }

    private static func paths(_ text: String, _ path: String, below prefix: String) -> [(String, CodeLine)] {
        return CodeLine.lines(of: CodeBase.File(path: path, text: text)).flatMap { line in
            callees.flatMap { line.arguments(of: $0) }
                .map { name -> (String, CodeLine) in
                    let own = name.hasPrefix("/") ? name : "/" + name
                    // Routes that say `api/` themselves stand below no other.
                    return (own.hasPrefix(prefix + "/") ? own : prefix + own, line)
                }.filter { $0.0 != "/" }
        }
    }
}

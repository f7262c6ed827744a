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
            let lines = CodeLine.lines(of: CodeBase.File(path: path, text: text))
            let told = lines.flatMap { line in
                callees.flatMap { line.arguments(of: $0) }
                    .map { name -> (String, CodeLine) in
                        let own = name.hasPrefix("/") ? name : "/" + name
                        // Routes that say `api/` themselves stand below no other.
                        return (own.hasPrefix(prefix + "/") ? own : prefix + own, line)
                    }.filter { $0.0 != "/" }
            }
            // `Route::middleware("auth")->get("/user", ...)`: whatever the routes of the file are, they stand below it.
            guard !prefix.isEmpty, !told.contains(where: { $0.0.hasPrefix(prefix + "/") }),
                let first = lines.first(where: { $0.text.contains("Route::") })
            else { return told }
            return told + [(prefix, first)]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Half of two branches is neither.
    static let conflictMarkers = Rule(
        "AP347", .error, "a file holds the markers of a merge that nobody finished",
        why: "No compiler, interpreter or reader of settings knows <<<<<<<: the build or the start ends at this line.",
        catches: [
            [
                "routes/web.php":
                    "<?php\n<<<<<<< HEAD\nRoute::get('/a');\n=======\nRoute::get('/b');\n>>>>>>> feature\n"
            ],
            [
                "docker-compose.yml":
                    "services:\n  web:\n<<<<<<< HEAD\n    image: a:1\n=======\n    image: a:2\n>>>>>>> 1a2b3c4\n"
            ],
            ["package.json": "{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> main\n}\n"],
        ],
        passes: [
            ["routes/web.php": "<?php\nRoute::get('/b');\n"],
            ["docs/merging.md": "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"],
            ["src/merge.py": "MARKERS = '''\n<<<<<<< ours\n'''\n"],
            ["tests/fixtures/a.py": "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"],
        ]
    ) { repository in
        ConflictMarkers.places(in: repository.tree).map { place in
            Violation(
                file: place.path, line: place.line,
                "a merge of two branches was committed unfinished; keep what is right, and delete the lines that begin with "
                    + "<<<<<<<, ======= and >>>>>>>")
        }
    }
}

/// Looks for the three lines that git leaves in a file.
private enum ConflictMarkers {
    /// What is compiled, run or read when the application starts; documents only show it.
    private static let endings = [
        "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "svelte", "css", "scss", "html", "go", "rs", "rb", "php",
        "java", "kt", "cs", "swift", "ex", "exs", "sql", "json", "yml", "yaml", "toml", "sh", "conf", "ini", "env",
        "properties", "gradle", "kts", "xml", "prisma", "graphql", "tf", "service", "erb", "cfg",
    ]
    private static let names = ["Dockerfile", "Makefile", "Procfile", "Caddyfile", "Jenkinsfile", ".env", "Gemfile"]
    /// Larger files are data.
    private static let largestInBytes = 2 << 20

    static func places(in tree: SourceTree) -> [(path: String, line: Int)] {
        let entries = endings.flatMap { tree.files(ending: $0) } + names.flatMap { tree.files(named: $0) }
        let found = tree.shared((entries.count + 255) / 256) { part in
            entries[part * 256..<min(entries.count, part * 256 + 256)].compactMap { entry in
                place(in: entry, tree).map { (entry.path, $0) }
            }
        }
        return found.flatMap { $0 }.sorted { $0.0.precedesByBytes($1.0) }
    }

    private static func place(in entry: SourceTree.Entry, _ tree: SourceTree) -> Int? {
        guard CodeText.mayRun(entry.path), let bytes = tree.bytes(entry.path), bytes.count < largestInBytes,
            ByteSearch.contains("<<<<<<< ".utf8, in: bytes), ByteSearch.contains(">>>>>>> ".utf8, in: bytes),
            let text = tree.text(entry.path)
        else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("<<<<<<< ") }),
            let middle = lines[start...].firstIndex(where: { $0 == "=======" }),
            lines[middle...].contains(where: { $0.hasPrefix(">>>>>>> ") })
        else { return nil }
        return start + 1
    }
}

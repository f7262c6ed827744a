// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// error: couldn't read `src/../assets/words.txt`: No such file or directory
    static let includedFileLeft = Rule(
        "AP673", .error, "a Rust program includes a file that its build does not see",
        why:
            "include_str! and include_bytes! read the file while the program is compiled: where no COPY brings it the compiler "
            + "ends with: couldn't read.",
        catches: [
            [
                "Cargo.toml": "[package]\nname = \"a\"\n", "assets/words.txt": "a\n",
                "Dockerfile":
                    "FROM rust:1.92-bookworm AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY src ./src\nRUN cargo build --release\nFROM debian:bookworm-slim\nCOPY --from=build /app/target/release/a /a\nCMD [\"/a\"]\n",
                "src/auth/words.rs": "const WORDS: &str = include_str!(\"../../assets/words.txt\");\n",
                "src/main.rs": "mod auth;\n",
            ]
        ],
        passes: [
            [
                "Cargo.toml": "[package]\nname = \"a\"\n", "assets/words.txt": "a\n",
                "Dockerfile":
                    "FROM rust:1.92-bookworm AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY src ./src\nCOPY assets ./assets\nRUN cargo build --release\n",
                "src/auth/words.rs": "const WORDS: &str = include_str!(\"../../assets/words.txt\");\n",
                "src/main.rs": "mod auth;\n",
            ],
            [
                "Cargo.toml": "[package]\nname = \"a\"\n", "assets/words.txt": "a\n",
                "Dockerfile": "FROM rust:1.92-bookworm AS build\nCOPY . .\nRUN cargo build --release\n",
                "src/main.rs": "const WORDS: &str = include_str!(\"../assets/words.txt\");\n",
            ],
            [
                "Cargo.toml": "[package]\nname = \"a\"\n", "assets/words.txt": "a\n",
                "Dockerfile":
                    "FROM rust:1.92-bookworm AS build\nCOPY Cargo.toml ./\nCOPY src ./src\nRUN cargo build --release\n",
                "src/main.rs":
                    "#[cfg(test)]\nmod tests {\n  const A: &str = include_str!(\"../assets/words.txt\");\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "Cargo.toml").isEmpty else { return [] }
        let uses = repository.code([".rs"], with: ["include_str!", "include_bytes!"]).flatMap { code in
            included(in: code, of: repository.tree).filter { repository.tree.contains($0.path) }.map {
                (code.path, $0.path, $0.line)
            }
        }
        guard !uses.isEmpty else { return [] }
        return repository.dockerfiles.compactMap { file in
            guard !DevelopmentPath.isLikely(file.location) else { return nil }
            for stage in file.stages {
                let made = file.lineage(of: stage)
                guard let build = made.last(where: { $0.keyword == "RUN" && $0.text.contains("cargo build") }),
                    let context = ContextFiles.contexts(file).first(where: {
                        repository.tree.contains(ContextFiles.join($0, "Cargo.toml"))
                    })
                else { continue }
                let copies = made.filter { ["COPY", "ADD"].contains($0.keyword) && $0.line < build.line }
                // What another stage or a mount brings is not told from here.
                guard !copies.contains(where: { $0.flag("from") != nil || $0.text.contains("$") }),
                    !made.contains(where: { $0.text.contains("type=bind") })
                else { continue }
                let sources = copies.flatMap { $0.arguments.dropLast() }
                func isCopied(_ path: String) -> Bool {
                    path.relative(to: context).map { path in sources.contains { CopySource.brings($0, path) } } ?? false
                }
                for (user, path, line) in uses where isCopied(user) && !isCopied(path) {
                    return Violation(
                        file: file.location, line: copies.last?.line ?? build.line,
                        "\(user):\(line) includes \(path), which no COPY brings; add before cargo build: COPY "
                            + "\(path.dropFirst(context == "." ? 0 : context.utf8.count + 1)) with its folder")
                }
            }
            return nil
        }
    }

    /// Paths from the root that a file includes outside of its tests.
    private static func included(in code: CodeText, of tree: SourceTree) -> [(path: String, line: Int)] {
        // What begins with # is no line of the text that is looked at.
        let whole = (tree.text(code.path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        let end = whole.firstIndex { $0.contains("#[cfg(test)]") } ?? code.bare.count
        return code.bare.prefix(end).enumerated().compactMap { index, line in
            for sign in ["include_str!('", "include_bytes!('"] {
                guard let range = TextSearch.range(of: sign, in: line[...]) else { continue }
                let path = line[range.upperBound...].prefix { $0 != "'" }
                guard path.hasPrefix(".") else { continue }
                return (GoPath.clean(SourceTree.Entry(path: code.path).directory + "/" + path), index + 1)
            }
            return nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// One `git add .` later the secrets are public.
    static let secretFileNotIgnored = Rule(
        "EN450", .warning, "a guide has a file of secrets made, and git would take it along",
        why:
            "Whoever follows the guide and commits next puts the passwords and keys into the repository, and from there "
            + "they never go away.",
        catches: [
            [
                "README.md": "1. Create a `.env` file in the server directory with MONGODB_URL and JWT_SECRET\n",
                "server/.gitignore": "node_modules\n.env.local\n", "server/index.js": "", "server/package.json": "{}",
            ],
            [
                "README.md": "Create the secrets.yaml configuration file in the Kubernetes directory.\n",
                ".gitignore": "secret.yaml\n", "kubernetes/app.yaml": "",
            ],
        ],
        passes: [
            [
                "README.md": "1. Create a `.env` file in the server directory with MONGODB_URL and JWT_SECRET\n",
                ".gitignore": "node_modules\n.env*\n", "server/index.js": "", "server/package.json": "{}",
            ],
            [
                "README.md": "Create the secrets.yaml configuration file in the Kubernetes directory.\n",
                ".gitignore": "kubernetes/secret*.yaml\n", "kubernetes/app.yaml": "",
            ],
            [
                "README.md": "Create a `.env.local` file in the web directory with VITE_TITLE.\n",
                ".gitignore": "*.local\n", "web/package.json": "{}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return ToldSecretFiles.all(in: repository).compactMap { told in
            guard !repository.tree.contains(told.path), !GitIgnorePatterns.mayIgnore(told.path, repository.tree),
                seen.insert(told.path).inserted
            else { return nil }
            let name = SourceTree.Entry(path: told.path).name
            return Violation(
                file: told.file, line: told.line,
                "git would take \(told.path) along with its secrets; add to .gitignore: \(name)")
        }
    }
}

/// A file of secrets that a sentence of a document tells to make.
struct ToldSecretFiles {
    /// The document.
    let file: String
    /// One-based.
    let line: Int
    /// What is made, from the repository's root.
    let path: String

    static func all(in repository: CheckedRepository) -> [ToldSecretFiles] {
        repository.documents.flatMap { entry -> [ToldSecretFiles] in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains(".env".utf8, in: bytes) || ByteSearch.contains("secret".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, raw in
                path(in: raw, of: entry, repository.tree).map {
                    ToldSecretFiles(file: entry.path, line: index + 1, path: $0)
                }
            }
        }
    }

    private static let verbs = ["create", "add a ", "make a ", "set up a ", "touch "]

    /// The file of a sentence that tells to create it, when its place is certain.
    private static func path(in raw: Substring, of document: SourceTree.Entry, _ tree: SourceTree) -> String? {
        let lower = raw.lowercased()
        guard lower.contains(".env") || lower.contains("secret"), verbs.contains(where: lower.contains),
            !["example", "sample", "template", "sealed", "kubectl", "don't", "do not", "never"].contains(
                where: lower.contains)
        else { return nil }
        let parts = raw.split { $0.isWhitespace || "`*\"'()[]:,;#".contains($0) }.map { part in
            part.hasSuffix(".") || part.hasSuffix("/") ? String(part.dropLast()) : String(part)
        }
        guard let named = parts.first(where: { isSecretFile(SourceTree.Entry(path: $0).name) }),
            ToldCommand.isPlain(named), !named.hasPrefix("/")
        else { return nil }
        if named.contains("/") {
            let path = GoPath.clean(named)
            return !path.hasPrefix("..") && tree.hasDirectory(SourceTree.Entry(path: path).directory) ? path : nil
        }
        if ["root", "project director", "project folder"].contains(where: lower.contains) {
            return document.directory == "." ? named : nil
        }
        let folder = place(in: parts, of: document.directory, tree)
        return folder.map { GoPath.clean($0 + "/" + named) }
    }

    /// The one folder of the repository that the sentence names.
    private static func place(in parts: [String], of own: String, _ tree: SourceTree) -> String? {
        let places = parts.flatMap { part in
            [part, part.lowercased()].map { GoPath.clean(own + "/" + $0) }.filter { place in
                place != "." && place != own && !place.hasPrefix("..") && tree.hasDirectory(place)
            }.prefix(1)
        }
        let found = Set(places)
        guard found.count == 1, let first = found.first,
            parts.contains(where: { ["directory", "folder", "dir"].contains($0.lowercased()) }) || parts.contains(first)
        else { return nil }
        return first
    }

    private static func isSecretFile(_ name: String) -> Bool {
        name == ".env" || [".env.local", ".env.production", ".env.prod"].contains(name)
            || ["secrets.yaml", "secret.yaml", "secrets.yml", "secret.yml", "secrets.env"].contains(name)
    }
}

/// What the repository's .gitignore files leave out.
enum GitIgnorePatterns {
    /// Whether any pattern can be meant for the path; an unusual one counts.
    static func mayIgnore(_ path: String, _ tree: SourceTree) -> Bool {
        tree.files(named: ".gitignore").contains { entry in
            guard entry.directory == "." || path.hasPrefix(entry.directory + "/"), let text = tree.text(entry.path)
            else {
                return false
            }
            let inside = entry.directory == "." ? path : String(path.dropFirst(entry.directory.utf8.count + 1))
            return text.split(whereSeparator: \.isNewline).contains { mayMean(inside, $0.trimmed) }
        }
    }

    private static func mayMean(_ path: String, _ pattern: String) -> Bool {
        guard !pattern.isEmpty, !pattern.hasPrefix("#"), !pattern.hasPrefix("!") else { return false }
        var body = pattern.hasPrefix("/") ? pattern.dropFirst() : pattern[...]
        if body.hasSuffix("/") { body = body.dropLast() }
        while body.hasPrefix("**/") { body = body.dropFirst(3) }
        if body.contains("[") || body.contains("?") || body.contains("**") || body.contains("\\") { return true }
        let parts = path.split(separator: "/").map(String.init)
        // A name means every folder and file of that name, a path begins at the file's own folder.
        let candidates = body.contains("/") ? parts.indices.map { parts[...$0].joined(separator: "/") } : parts
        return candidates.contains { fits($0[...], body) }
    }

    /// Only `*` stands for something else.
    private static func fits(_ text: Substring, _ pattern: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        guard first == "*" else { return text.first == first && fits(text.dropFirst(), pattern.dropFirst()) }
        return fits(text, pattern.dropFirst()) || !text.isEmpty && fits(text.dropFirst(), pattern)
    }
}

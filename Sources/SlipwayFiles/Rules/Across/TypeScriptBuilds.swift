// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The compiler ends with an error, and the image with it.
    static let unknownImportMeta = Rule(
        "AP201", .error, "the compiler refuses import.meta",
        why:
            "tsc ends with TS1343 where modules are CommonJS, and with TS2339 where nothing declares Vite's env: the build "
            + "of the image stops.",
        catches: [
            [
                "package.json": "{\"scripts\":{\"build\":\"tsc\"},\"devDependencies\":{\"typescript\":\"5\"}}",
                "src/mail.ts": "export const url = import.meta.env.VITE_URL\n",
                "tsconfig.json": "{\n  // for node\n  \"compilerOptions\": {\"module\": \"commonjs\"}\n}",
            ],
            [
                "package.json":
                    "{\"scripts\":{\"build\":\"tsc && vite build\"},\"devDependencies\":{\"vite\":\"7\",\"typescript\":\"5\"}}",
                "src/api.ts": "export const url = import.meta.env.VITE_URL\n",
                "tsconfig.json": "{\"compilerOptions\": {\"module\": \"ESNext\"}, \"include\": [\"src\"]}",
            ],
        ],
        passes: [
            [
                "package.json":
                    "{\"scripts\":{\"build\":\"tsc && vite build\"},\"devDependencies\":{\"vite\":\"7\",\"typescript\":\"5\"}}",
                "src/api.ts": "export const url = import.meta.env.VITE_URL\n",
                "src/vite-env.d.ts": "/// <reference types=\"vite/client\" />\n",
                "tsconfig.json": "{\"compilerOptions\": {\"module\": \"ESNext\"}, \"include\": [\"src\"]}",
            ],
            [
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
                "src/api.ts": "export const url = import.meta.env.VITE_URL\n",
                "tsconfig.json": "{\"include\": [\"src\"]}",
            ],
            [
                "package.json": "{\"scripts\":{\"build\":\"tsc\"},\"devDependencies\":{\"typescript\":\"5\"}}",
                "client/api.ts": "export const url = import.meta.env.VITE_URL\n", "src/a.ts": "export {}\n",
                "tsconfig.json": "{\"compilerOptions\": {\"module\": \"commonjs\"}, \"include\": [\"src/**/*\"]}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.tree.files(named: "tsconfig.json").compactMap { entry in
            TypeScriptProject(entry.directory, in: repository.tree)?.refusal
        }
    }
}

/// A folder that tsc checks while its package is built.
private struct TypeScriptProject {
    let folder: String
    let manifest: DataNode
    let settings: String
    let tree: SourceTree
    /// Where other packages begin.
    private let nested: [String]

    init?(_ folder: String, in tree: SourceTree) {
        let prefix = folder == "." ? "" : folder + "/"
        guard let text = tree.text(prefix + "package.json"), let root = JSONDocument(parsing: text).root,
            let settings = tree.text(prefix + "tsconfig.json"), let build = root.at("scripts", "build")?.text,
            build.split(whereSeparator: { !$0.isLetter && $0 != "-" }).contains(where: {
                $0 == "tsc" || $0 == "vue-tsc"
            })
        else { return nil }
        self.folder = folder
        manifest = root
        self.settings = settings
        self.tree = tree
        nested = tree.files(named: "package.json").map(\.directory).filter { $0 != folder && $0.hasPrefix(prefix) }
    }

    var refusal: Violation? {
        let bare = settings.filter { !$0.isWhitespace }.lowercased()
        // What another file sets is not followed.
        guard !bare.contains("\"extends\"") else { return nil }
        if bare.contains("\"module\":\"commonjs\"") { return uses("import.meta").map(inCommonJS) }
        guard manifest.at("devDependencies", "vite") != nil || manifest.at("dependencies", "vite") != nil,
            !bare.contains("/client"), !bare.contains("\"references\""), !bare.contains("\"files\""),
            bare.contains("\"include\":[\"src\"]") || bare.contains("\"include\":[\"./src\"]")
                || bare.contains("\"include\":[\"src/**/*"),
            !isDeclared
        else { return nil }
        return uses("import.meta.env").map { place in
            Violation(
                file: place.file, line: place.line,
                "nothing declares import.meta.env, so tsc stops with TS2339; write "
                    + "\(folder == "." ? "" : folder + "/")src/vite-env.d.ts with: /// <reference types=\"vite/client\" />"
            )
        }
    }

    private func inCommonJS(_ place: (file: String, line: Int)) -> Violation {
        Violation(
            file: place.file, line: place.line,
            "modules are CommonJS here (\(folder == "." ? "" : folder + "/")tsconfig.json), so tsc stops with TS1343; write: "
                + "process.env")
    }

    /// Whether any file brings Vite's types, or types of its own for them.
    private var isDeclared: Bool {
        own.contains { entry in
            guard let bytes = tree.bytes(entry.path) else { return false }
            return ByteSearch.contains("vite/client".utf8, in: bytes)
                || ByteSearch.contains("ImportMeta".utf8, in: bytes)
                || ByteSearch.contains("from 'vite".utf8, in: bytes)
                || ByteSearch.contains("from \"vite".utf8, in: bytes)
                || ByteSearch.contains("vite-plugin".utf8, in: bytes)
        }
    }

    /// Sources that the project takes in.
    private var own: [SourceTree.Entry] {
        let prefix = folder == "." ? "" : folder + "/"
        let root = settings.filter { !$0.isWhitespace }
        let isNarrow = root.contains("\"include\":[\"src") || root.contains("\"include\":[\"./src")
        return tree.entries.filter { entry in
            [".ts", ".tsx", ".mts"].contains(where: entry.name.hasSuffix)
                && entry.path.hasPrefix(isNarrow ? prefix + "src/" : prefix)
                && !["node_modules/", "dist/", ".test.", ".spec.", "__tests__/"].contains(where: entry.path.contains)
                && !nested.contains { entry.path.hasPrefix($0 + "/") }
        }
    }

    private func uses(_ words: String) -> (file: String, line: Int)? {
        for entry in own where !entry.name.hasSuffix(".d.ts") && !entry.name.hasPrefix("vite.config") {
            guard let bytes = tree.bytes(entry.path), ByteSearch.contains(words.utf8, in: bytes),
                let text = tree.text(entry.path)
            else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let place = lines.indices.first { index in
                lines[index].contains(words) && !lines[index].trimmed.hasPrefix("//")
                    && !lines[index].trimmed.hasPrefix("*")
                    && (index == 0 || !lines[index - 1].contains("@ts-"))
            }
            if text.contains("@ts-nocheck") { continue }
            if let place { return (entry.path, place + 1) }
        }
        return nil
    }
}

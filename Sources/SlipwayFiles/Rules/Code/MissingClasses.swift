// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Class "App\User" not found.
    static let missingClass = Rule(
        "AP320", .error, "the code uses a class of its own that no file has",
        why:
            "Composer looks for the class in the file that its name says, and the request ends with: class not found. "
            + "Linux tells upper from lower case, macOS and Windows do not.",
        catches: [
            [
                "app/Http/Login.php":
                    "<?php\nnamespace App\\Http;\nuse App\\User;\nclass Login {\n  function go() { return User::find(1); }\n}\n",
                "app/Models/User.php": "<?php\nnamespace App\\Models;\nclass User {}\n",
                "composer.json": "{\"autoload\":{\"psr-4\":{\"App\\\\\":\"app/\"}}}",
            ],
            [
                "composer.json": "{\"autoload\":{\"psr-4\":{\"App\\\\\":\"src/\"}}}",
                "src/Page.php":
                    "<?php\nnamespace App;\nuse App\\mail\\Sender;\nclass Page {\n  function go(Sender $a) {}\n}\n",
                "src/Mail/Sender.php": "<?php\nnamespace App\\Mail;\nclass Sender {}\n",
            ],
        ],
        passes: [
            [
                "app/Http/Login.php":
                    "<?php\nnamespace App\\Http;\nuse App\\Models\\User;\nclass Login {\n  function go() { return User::find(1); }\n}\n",
                "app/Models/User.php": "<?php\nnamespace App\\Models;\nclass User {}\n",
                "composer.json": "{\"autoload\":{\"psr-4\":{\"App\\\\\":\"app/\"}}}",
            ],
            [
                "app/Http/Login.php":
                    "<?php\nnamespace App\\Http;\nuse App\\User;\n/** @param User $user */\nclass Login {}\n",
                "composer.json": "{\"autoload\":{\"psr-4\":{\"App\\\\\":\"app/\"}}}",
            ],
            [
                "app/Login.php":
                    "<?php\nnamespace App;\nuse App\\Grpc\\User;\nclass Login {\n  function go() { return new User(); }\n}\n",
                "app/all.php": "<?php\nnamespace App\\Grpc;\nclass User {}\n",
                "composer.json": "{\"autoload\":{\"psr-4\":{\"App\\\\\":\"app/\"}}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole, let classes = OwnClasses(repository.tree) else { return [] }
        return repository.code([".php"], with: ["\nuse "]).flatMap { code -> [Violation] in
            guard classes.isLookedAt(code.path) else { return [] }
            return code.lines.enumerated().lazy.compactMap { index, line -> Violation? in
                guard let use = ClassUse(line), let missing = classes.missing(use.name), use.isUsed(in: code) else {
                    return nil
                }
                return Violation(
                    file: code.path, line: index + 1,
                    "\(missing.path) does not exist; "
                        + (missing.other.map { "write: use \($0)" } ?? "add the class, or delete what uses it"))
            }.prefix(3).map { $0 }
        }
    }
}

/// One `use` line before the class.
private struct ClassUse {
    /// With its namespace.
    let name: String
    /// As the rest of the file calls it.
    let short: String

    init?(_ line: Substring) {
        guard line.hasPrefix("use "), let end = line.firstIndex(of: ";"), !line.contains("{"), !line.contains(",")
        else {
            return nil
        }
        let words = line[..<end].dropFirst(4).split(separator: " ").map(String.init)
        guard let first = words.first, first != "function", first != "const", first.contains("\\") else { return nil }
        name = first.hasPrefix("\\") ? String(first.dropFirst()) : first
        guard let last = name.split(separator: "\\").last else { return nil }
        short = words.count == 3 && words[1].lowercased() == "as" ? words[2] : String(last)
    }

    /// Whether something there loads the class: a type in a comment, a catch and `::class` do not.
    func isUsed(in code: CodeText) -> Bool {
        guard !code.bare.contains(where: { $0.contains("class_exists(") }) else { return false }
        let signs = [
            "new\(short)(", "new\(short);", "extends\(short){", "extends\(short)implements", "implements\(short){",
        ]
        return code.bare.contains { line in
            guard ByteSearch.contains(short.utf8, in: line.utf8), !line.hasPrefix("use") else { return false }
            return signs.contains(where: line.contains) || line.hasSuffix("extends\(short)")
                || line.contains("(\(short)$") || line.contains(",\(short)$") || isCalled(in: line)
        }
    }

    /// `User::find(` and not `User::class`.
    private func isCalled(in line: String) -> Bool {
        guard let range = TextSearch.range(of: short + "::", in: line[...]) else { return false }
        let head = line[..<range.lowerBound]
        let isPart = head.last.map { $0.isLetter || $0.isNumber || "_\\".contains($0) } ?? false
        let member = line[range.upperBound...]
        return (!isPart || head.hasSuffix("return")) && !member.hasPrefix("class")
            && member.first.map { $0.isLetter || $0 == "_" || $0 == "$" } ?? false
    }
}

/// The classes that composer.json says where to look for.
private struct OwnClasses {
    private let tree: SourceTree
    /// Namespaces with a final backslash, and their folders.
    private let places: [(name: String, folder: String)]
    private let ignored: [String]

    init?(_ tree: SourceTree) {
        self.tree = tree
        var places: [(name: String, folder: String)] = []
        for entry in tree.files(named: "composer.json") where !entry.path.contains("vendor/") {
            let root = tree.text(entry.path).flatMap { JSONDocument(parsing: $0).root }
            for group in ["autoload", "autoload-dev"] {
                for item in root?.at(group, "psr-4")?.mapping?.entries ?? [] {
                    for folder in item.value.sequence ?? [item.value] {
                        guard let text = folder.text else { continue }
                        places.append((item.key, GoPath.clean(entry.directory + "/" + text)))
                    }
                }
            }
        }
        guard !places.isEmpty else { return nil }
        self.places = places
        ignored = tree.files(named: ".gitignore").flatMap { entry in
            (tree.text(entry.path) ?? "").split(separator: "\n").map {
                $0.trimmed.split(separator: "/").last.map(String.init) ?? ""
            }
        }
    }

    /// Code of the application itself, and not of its tests.
    func isLookedAt(_ path: String) -> Bool {
        let lower = path.lowercased()
        return !["test", "stub", "database/", "vendor/"].contains(where: lower.contains)
    }

    /// The file that is not there, and the class of the same name that is.
    func missing(_ name: String) -> (path: String, other: String?)? {
        let fitting = places.filter { !$0.name.isEmpty && name.hasPrefix($0.name) }
        guard let longest = fitting.map(\.name.utf8.count).max() else { return nil }
        let tried = fitting.map { place in
            GoPath.clean(
                place.folder + "/" + name.dropFirst(place.name.count).split(separator: "\\").joined(separator: "/"))
                + ".php"
        }
        guard !tried.contains(where: tree.contains),
            let likely = fitting.first(where: { $0.name.utf8.count == longest }), tree.hasDirectory(likely.folder),
            let path = zip(fitting, tried).first(where: { $0.0.folder == likely.folder })?.1
        else { return nil }
        let parts = path.split(separator: "/").map { String($0) }
        guard !parts.contains(where: ignored.contains), !isDeclaredElsewhere(name) else { return nil }
        return (path, other(named: SourceTree.Entry(path: path).name))
    }

    /// Another file may declare it, and Composer find it through a class map.
    private func isDeclaredElsewhere(_ name: String) -> Bool {
        let parts = name.split(separator: "\\")
        guard let own = parts.last else { return false }
        let space = "namespace " + parts.dropLast().joined(separator: "\\")
        return tree.files(ending: "php").contains { entry in
            guard let bytes = tree.bytes(entry.path), ByteSearch.contains(space.utf8, in: bytes) else { return false }
            return ["class ", "interface ", "trait ", "enum "].contains {
                ByteSearch.contains(($0 + own).utf8, in: bytes)
            } && tree.text(entry.path).map { declares(String(own), space, $0) } ?? false
        }
    }

    private func declares(_ own: String, _ space: String, _ text: String) -> Bool {
        let lines = text.split(separator: "\n").map { $0.trimmed }
        guard lines.contains(where: { $0.hasPrefix(space + ";") || $0.hasPrefix(space + " {") || $0 == space }) else {
            return false
        }
        return lines.contains { line in
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            return zip(words, words.dropFirst()).contains {
                ["class", "interface", "trait", "enum"].contains($0) && $1 == own
            }
        }
    }

    /// The only class of that file name.
    private func other(named file: String) -> String? {
        let found = tree.files(named: file).compactMap { entry -> String? in
            guard !entry.path.contains("vendor/"), isLookedAt(entry.path), let text = tree.text(entry.path),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("namespace ") })
            else { return nil }
            return line.dropFirst("namespace ".count).prefix { $0 != ";" && $0 != " " && $0 != "{" } + "\\"
                + file.dropLast(4)
        }
        return found.count == 1 ? found[0] : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The clone has the repository's name, and the guide another one.
    static let clonedFolder = Rule(
        "AP407", .warning, "cd goes to a folder that git clone does not make",
        why:
            "git clone makes a folder with the last name of the address. Whoever follows the guide stops at cd: no such file "
            + "or directory, and everything after it runs in the wrong place.",
        catches: [
            [
                "README.md":
                    "```bash\ngit clone https://git.example/a/cafe-orders.git\ncd cafe_orders\ndocker compose up\n```\n"
            ],
            [
                "README.md":
                    "```bash\ngit clone https://git.example/yourname/tix\n```\n\n```bash\ncd tix-backend\nmake\n```\n"
            ],
            ["docs/setup.md": "```sh\ngit clone git@git.example:a/shop.git && cd shop-api\n```\n"],
            [
                "DEPLOY.md":
                    "```bash\ncd /opt/apps/repo\ngit clone https://git.example/a/Shop.git .\n```\n\n```bash\ncd /opt/apps/repo/Shop\n./deploy.sh\n```\n"
            ],
        ],
        passes: [
            ["README.md": "```bash\ngit clone https://git.example/a/shop.git\ncd shop/api\nmake\n```\n"],
            ["README.md": "```bash\ngit clone https://git.example/a/shop.git store\ncd store\nmake\n```\n"],
            ["README.md": "```bash\ngit clone https://git.example/a/shop.git\ncd api\n```\n", "api/main.py": "\n"],
            [
                "README.md":
                    "```bash\ngit clone https://git.example/a/b.git\ngit clone https://git.example/a/c\ncd b\n```\n"
            ],
            ["README.md": "```bash\ngit clone <repository-url>\ncd shop\n```\n"],
            ["README.md": "```bash\ngit clone https://git.example/you/your-repo.git\ncd shop\n```\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var found: [Violation] = []
        var clones = ClonedFolders()
        for told in repository.toldCommands where told.teller == .document {
            if clones.file != told.file { clones = ClonedFolders(file: told.file) }
            let words = told.words
            if let name = ClonedFolders.name(of: words) {
                clones.remember(words)
                clones.names.append(name)
                clones.isOpen = ClonedFolders.isCertain(name)
            } else if let folder = clones.nested(in: words, repository.tree) {
                found.append(
                    Violation(
                        file: told.file, line: told.line,
                        "git clone with a dot makes no folder \(folder); write the path without /\(folder)"))
            } else if words.first == "cd" || words.first == "pushd" {
                if clones.dotted == nil { clones.place = words.dropFirst().first }
                defer { clones.isOpen = false }
                guard clones.isOpen, let path = words.dropFirst().first, ToldCommand.isPlain(path),
                    let first = path.split(separator: "/").first.map(String.init), !path.hasPrefix("/"),
                    !first.hasPrefix("."), !first.hasPrefix("~"), ClonedFolders.isCertain(first),
                    !clones.names.contains(first), !clones.made.contains(first),
                    !isFolder(first, beside: told.file, in: repository.tree)
                else { continue }
                let name = clones.names[clones.names.count - 1]
                found.append(
                    Violation(
                        file: told.file, line: told.line,
                        "git clone makes \(name) and not \(first); write: cd \(name)\(path.dropFirst(first.count))"))
            } else if let last = words.last, words.count > 1 {
                clones.made.insert(GoPath.clean(last))
            }
        }
        return found
    }

    /// Whether the guide is written for somebody who is in the repository already.
    private static func isFolder(_ name: String, beside file: String, in tree: SourceTree) -> Bool {
        [".", SourceTree.Entry(path: file).directory].contains { tree.hasDirectory(GoPath.clean($0 + "/" + name)) }
    }
}

/// The folders that a document's commands have made so far.
private struct ClonedFolders {
    var file = ""
    var names: [String] = []
    var made: Set<String> = []
    /// Whether nothing but this clone says where the reader is.
    var isOpen = false
    /// The folder that the reader went to last.
    var place: String?
    /// What `git clone ADDRESS .` would have made without the dot, below the folder into which it went.
    var dotted: (place: String, name: String)?

    /// Keeps in mind where a clone went that makes no folder of its own.
    mutating func remember(_ words: [String]) {
        guard words.last == ".", let place, place.hasPrefix("/"), ToldCommand.isPlain(place),
            let name = Self.name(of: Array(words.dropLast())), Self.isCertain(name)
        else { return }
        dotted = (place.hasSuffix("/") ? String(place.dropLast()) : place, name)
    }

    /// The folder that a later command takes for made.
    func nested(in words: [String], _ tree: SourceTree) -> String? {
        guard let dotted, !tree.hasDirectory(dotted.name), words.first == "cd" || words.first == "pushd" else {
            return nil
        }
        let path = dotted.place + "/" + dotted.name
        return words.dropFirst().contains { $0 == path || $0.hasPrefix(path + "/") } ? dotted.name : nil
    }

    /// The folder that `git clone` makes; empty when the words do not say it.
    static func name(of words: [String]) -> String? {
        guard words.first == "git", words.dropFirst().first == "clone" else { return nil }
        let valued: Set<String> = ["-b", "--branch", "--depth", "-o", "--origin", "-c", "--config", "-j", "--jobs"]
        var operands: [String] = []
        var rest = words.dropFirst(2)
        while let word = rest.first {
            rest = rest.dropFirst()
            if word.hasPrefix("-") {
                if valued.contains(word) { rest = rest.dropFirst() }
            } else {
                operands.append(word)
            }
        }
        guard let address = operands.first, operands.count < 3 else { return "" }
        if operands.count == 2 { return GoPath.clean(operands[1]) }
        guard address.contains("://") || address.contains("@"), !address.contains(where: { "<>${}[]".contains($0) })
        else { return "" }
        let parts = address.split { $0 == "/" || $0 == ":" }
        // A host alone is what is left of an address with a place to fill in.
        guard parts.count > 2 || address.contains("@") else { return "" }
        let last = parts.last.map(String.init) ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// Whether the name is one, and does not stand for the reader's own.
    static func isCertain(_ name: String) -> Bool {
        let lower = name.lowercased()
        return !name.isEmpty && name != "."
            && !["your", "repo", "project-name", "path", "name", "xxx", "example", "<", "my-"].contains(
                where: lower.contains)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// A file of variables as a document or a script tells to write it.
struct ToldSettings: Sendable {
    struct Assignment: Sendable {
        let name: String
        let value: String
        /// One-based, in the document.
        let line: Int
    }

    /// The document or script.
    let file: String
    /// One-based line of the first assignment.
    let line: Int
    /// Where it goes, relative to the repository; `nil` when nothing says it.
    let target: String?
    let assignments: [Assignment]
    /// Whether a command writes it, so that nobody thinks about the values.
    let isWritten: Bool

    var names: Set<String> { Set(assignments.map(\.name)) }
    /// The folder of the file that is written.
    var folder: String? { target.map { SourceTree.Entry(path: $0).directory } }
    subscript(name: String) -> Assignment? { assignments.last { $0.name == name } }
}

extension CheckedRepository {
    /// What documents and scripts tell to write into files of variables, in the files' order.
    var toldSettings: [ToldSettings] {
        if let known = settingsSketches.withLock({ $0 }) { return known }
        let found = ToldSettingsReader(self).all()
        settingsSketches.withLock { $0 = found }
        return found
    }
}

/// Finds them: here-documents, blocks of assignments below words about a `.env`.
private struct ToldSettingsReader {
    private let repository: CheckedRepository
    private var tree: SourceTree { repository.tree }

    init(_ repository: CheckedRepository) { self.repository = repository }

    func all() -> [ToldSettings] {
        let documents = repository.documents.flatMap { entry -> [ToldSettings] in
            guard let bytes = tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains(".env".utf8, in: bytes), let text = tree.text(entry.path)
            else { return [] }
            return blocks(of: entry.path, text.split(separator: "\n", omittingEmptySubsequences: false))
        }
        let scripts = repository.scripts.flatMap { file -> [ToldSettings] in
            guard ByteSearch.contains(".env", in: file.text) else { return [] }
            return written(in: file.location, file.textLines, from: 0)
        }
        return documents + scripts
    }

    private func blocks(of file: String, _ lines: [Substring]) -> [ToldSettings] {
        var found: [ToldSettings] = []
        var open: (start: Int, language: String)?
        for (index, raw) in lines.enumerated() {
            let line = raw.trimmed
            guard line.hasPrefix("```") || line.hasPrefix("~~~") else { continue }
            guard let block = open else {
                open = (index + 1, String(line.dropFirst(3).lowercased().prefix { !$0.isWhitespace && $0 != "{" }))
                continue
            }
            open = nil
            let inside = Array(lines[block.start..<index])
            let heredocs = written(in: file, inside, from: block.start)
            if !heredocs.isEmpty {
                found += heredocs
            } else if let settings = settings(in: file, inside, from: block.start, block.language, lines) {
                found.append(settings)
            }
        }
        return found
    }

    /// A block that is nothing but assignments.
    private func settings(
        in file: String, _ inside: [Substring], from start: Int, _ language: String, _ lines: [Substring]
    ) -> ToldSettings? {
        let bodies = inside.map(\.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }
        let assignments = Self.assignments(inside, from: start)
        guard assignments.count >= 2, assignments.count * 5 >= bodies.count * 4 else { return nil }
        let above = lines[max(0, start - 7)..<max(0, start - 1)].map(\.trimmed).filter { !$0.isEmpty }.suffix(3)
        let title = inside.lazy.map(\.trimmed).first { !$0.isEmpty }.flatMap { $0.hasPrefix("#") ? $0 : nil }
        let words = (title.map { [$0] } ?? []) + above.reversed()
        let named = words.first { $0.contains(".env") }
        guard named != nil || ["env", "dotenv"].contains(language) else { return nil }
        return ToldSettings(
            file: file, line: assignments[0].line,
            target: named.flatMap { target(in: $0, of: file, at: start) }, assignments: assignments, isWritten: false)
    }

    /// `cat > backend/.env <<EOF`
    private func written(in file: String, _ lines: [Substring], from start: Int) -> [ToldSettings] {
        var found: [ToldSettings] = []
        var index = 0
        while index < lines.count {
            let line = lines[index].trimmed
            index += 1
            guard let mark = TextSearch.range(of: "<<", in: line[...]), line.contains(".env"), !line.hasPrefix("#")
            else { continue }
            let end = line[mark.upperBound...].drop { "-'\" ".contains($0) }.prefix {
                $0.isLetter || $0.isNumber || $0 == "_"
            }
            let parts = line.split { " <>|'\"".contains($0) }.map(String.init)
            guard !end.isEmpty, let path = parts.first(where: { Self.isDotenv($0) }) else { continue }
            let first = index
            while index < lines.count, lines[index].trimmed != end { index += 1 }
            let assignments = Self.assignments(Array(lines[first..<min(index, lines.count)]), from: start + first)
            guard !assignments.isEmpty else { continue }
            let folder = folder(at: start + first, of: file)
            found.append(
                ToldSettings(
                    file: file, line: assignments[0].line, target: place(of: path, from: folder),
                    assignments: assignments, isWritten: true))
        }
        return found
    }

    private static func isDotenv(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == ".env"
            || name.hasPrefix(".env.")
                && !["example", "sample", "template"].contains(
                    where: name.contains)
    }

    /// Where the reader is when a line's command runs.
    private func folder(at line: Int, of file: String) -> String {
        WalkedCommand.all(in: file, repository).last { $0.line <= line }?.folder ?? "."
    }

    private func place(of path: String, from folder: String) -> String? {
        let plain = path.split(separator: "/").map(String.init)
        guard path.hasPrefix("/") || path.contains("$") || path.hasPrefix("~") else {
            let clean = GoPath.clean(folder + "/" + path)
            return clean.hasPrefix("..") ? nil : clean
        }
        for start in 1..<max(plain.count, 2) where plain.count > 2 {
            let rest = plain[start..<(plain.count - 1)].joined(separator: "/")
            if !rest.isEmpty, tree.hasDirectory(rest) { return rest + "/" + plain[plain.count - 1] }
        }
        return plain.last
    }

    private static let roots = [
        "root", "корн", "raíz", "raiz", "racine", "根", "ルート", "stamm", "top-level", "top level",
        "project directory", "project folder", "project's directory",
    ]

    /// The file that the words before a block mean.
    private func target(in words: String, of file: String, at line: Int) -> String? {
        let signs = "`*\"'()[]:,;#"
        let parts = words.split { $0.isWhitespace || signs.contains($0) }.map(String.init)
        guard let path = parts.first(where: Self.isDotenv) else { return nil }
        let own = base(of: file)
        let commands = ["sudo ", "nano ", "vi ", "vim ", "touch ", "cp ", "code "]
        if commands.contains(where: words.hasPrefix) { return place(of: path, from: folder(at: line, of: file)) }
        if path.contains("/") {
            let beside = GoPath.clean(own + "/" + SourceTree.Entry(path: path).directory)
            return place(of: path, from: tree.hasDirectory(beside) ? own : ".")
        }
        let named = parts.lazy.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }.first { part in
            part != path && !part.isEmpty && part != "." && tree.hasDirectory(GoPath.clean(own + "/" + part))
        }
        if let named { return GoPath.clean(own + "/" + named + "/" + path) }
        let lower = words.lowercased()
        if Self.roots.contains(where: lower.contains) { return GoPath.clean(own + "/" + path) }
        return own == "." ? nil : GoPath.clean(own + "/" + path)
    }

    /// A README beside a program speaks of the program's folder.
    private func base(of file: String) -> String {
        let folder = SourceTree.Entry(path: file).directory
        let manifests = ["package.json", "requirements.txt", "pyproject.toml", "go.mod", "composer.json", "Gemfile"]
        return manifests.contains { tree.contains(GoPath.clean(folder + "/" + $0)) } ? folder : "."
    }

    private static func assignments(_ lines: [Substring], from start: Int) -> [ToldSettings.Assignment] {
        lines.enumerated().compactMap { index, raw in
            let line = raw.trimmed
            guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { return nil }
            let name = line[..<equals]
            guard name.utf8.count > 1,
                name.utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
            else { return nil }
            let value = Dotenv(parsing: line).assignments.first?.value
            return ToldSettings.Assignment(
                name: String(name), value: value ?? String(line[line.index(after: equals)...]), line: start + index + 1)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders below its own that a Node program makes or puts uploads into.
struct NodeWrittenFolders {
    struct Found: Equatable {
        /// Seen from the package's folder.
        let folder: String
        let file: String
        let line: Int
    }

    private(set) var found: [Found] = []
    private let project: NodeProject
    private let tree: SourceTree
    private let texts: NodeText

    /// In lower case, as the search wants them.
    private static let marks = ByteSearch(["mkdir", "multer", "diskstorage", "ensuredir"])
    private static let makers: Set<String> = ["mkdir", "mkdirSync", "ensureDir", "ensureDirSync", "mkdirp"]
    /// What tools and examples make, on the machine of whoever runs them.
    private static let otherPrograms: Set<Substring> = [
        "scripts", "script", "tools", "bin", "test", "tests", "__tests__", "e2e", "seed", "seeds", "migrations", "cli",
        "examples", "generators", "docs",
    ]
    /// What is built, installed or passes with the process.
    private static let otherFolders: Set<Substring> = [
        "dist", "build", "out", "node_modules", ".next", ".nuxt", ".output", "coverage", "src", "tmp", "temp", ".git",
        ".cache",
    ]
    /// Folders that hold files of the code as well.
    private static let shared: Set<String> = [
        "public", "static", "assets", "app", "lib", "server", "client", "resources", "data", "storage",
    ]
    private static let codeEndings = [".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".json", ".html", ".css", ".sql"]

    init(_ project: NodeProject, _ tree: SourceTree) {
        (self.project, self.tree) = (project, tree)
        texts = NodeText(project, tree)
        for path in project.scripts where isOfServer(path) {
            guard let bytes = tree.bytes(path), Self.marks.isFound(in: bytes) else { continue }
            read(Code(path: path, language: .javascript, bytes: bytes))
        }
    }

    private func isOfServer(_ path: String) -> Bool {
        guard let inside = path.relative(to: project.directory) else { return false }
        let parts = inside.split(separator: "/")
        // Beside package.json stand the tools, beside what package.json starts.
        return !parts.dropLast().contains(where: Self.otherPrograms.contains)
            && !(parts.last.map { $0.contains(".config.") || $0.contains("seed") } ?? false)
    }

    private mutating func read(_ code: Code) {
        for index in 0..<code.count where code.isMark(index + 1, "(") || code.isMark(index + 1, ":") {
            guard let word = code.word(index) else { continue }
            if Self.makers.contains(word), code.isMark(index + 1, "("), let folder = code.arguments(index + 1).first {
                note(folder, code, index)
            } else if word == "multer", code.isMark(index + 1, "("), code.isMark(index + 2, "{") {
                // multer({ dest: "uploads/" })
                let options = code.arguments(index + 2)
                if let folder = code.argument("dest", in: options) { note(folder, code, index) }
            } else if word == "destination", isOfStorage(code, index) {
                readDestination(code, index)
            }
        }
    }

    /// `diskStorage({ destination: … })`
    private func isOfStorage(_ code: Code, _ index: Int) -> Bool {
        guard let object = code.parent(index), let bracket = code.parent(object) else { return false }
        return code.isMark(bracket, "(") && code.isWord(bracket - 1, "diskStorage")
    }

    /// `destination: "uploads"`, `destination: (request, file, done) => done(null, "uploads/")`,
    /// `destination(request, file, done) { … }`
    private mutating func readDestination(_ code: Code, _ index: Int) {
        guard let object = code.parent(index), let end = code.partner(object) else { return }
        if code.isMark(index + 1, ":"), code.string(index + 2) != nil || code.isMark(index + 3, ".") {
            let range = code.arguments(object).first { $0.lowerBound == index }
            return note(index + 2..<(range?.upperBound ?? index + 3), code, index)
        }
        for place in index..<end where code.isWord(place, "null") && code.isMark(place - 1, "(") {
            let arguments = code.arguments(place - 1)
            if arguments.count == 2 { return note(arguments[1], code, index) }
        }
    }

    private mutating func note(_ range: Range<Int>, _ code: Code, _ index: Int) {
        guard let named = folder(range, code), isData(named) else { return }
        // What else lies beside it has the same volume, unless files of the code do.
        let first = named.split(separator: "/").first.map(String.init) ?? named
        let folder = !Self.shared.contains(first) && isData(first) ? first : named
        guard !found.contains(where: { $0.folder == folder }) else { return }
        found.append(Found(folder: folder, file: code.path, line: code.line(index)))
    }

    /// Whether nothing of the code lies there: a volume would hide it.
    private func isData(_ folder: String) -> Bool {
        let parts = folder.split(separator: "/")
        guard let first = parts.first, !Self.otherFolders.contains(first), !folder.hasPrefix("/"),
            !folder.hasPrefix("..")
        else { return false }
        let isPlain = folder.utf8.allSatisfy { Byte.isNamePart($0) || "-./".utf8.contains($0) }
        return isPlain && !folder.contains("..")
            && !tree.files(under: project.path(folder)).contains { entry in
                Self.codeEndings.contains(where: entry.name.hasSuffix)
            }
    }

    // MARK: Paths

    private func folder(_ range: Range<Int>, _ code: Code) -> String? { folder(range, code, steps: 0) }

    /// A few steps lead from a call to a path.
    private func folder(_ range: Range<Int>, _ code: Code, steps: Int) -> String? {
        guard steps < 3, !range.isEmpty else { return nil }
        // path.join(__dirname, "..", "uploads")
        if let join = range.first(where: { code.isWord($0, of: ["join", "resolve"]) && code.isMark($0 + 1, "(") }),
            join - range.lowerBound <= 2
        {
            return joined(code.arguments(join + 1), code, steps)
        }
        if range.count == 1, let name = code.word(range.lowerBound),
            let value = declaration(of: name, in: code, before: range.lowerBound)
        {
            return folder(value, code, steps: steps + 1)
        }
        return texts.value(range, in: code).flatMap(Self.below)
    }

    /// The folder that a text names: all of it, or what stands before the first part that nobody knows.
    private static func below(_ text: String) -> String? {
        guard !text.hasPrefix("/"), !text.contains("://") else { return nil }
        let known = text.prefix { $0 != "$" && $0 != "`" }
        let whole = known.count == text.count ? known : known.prefix(upTo: known.lastIndex(of: "/") ?? known.startIndex)
        guard let folder = PathText.normalized(String(whole)), folder != "." else { return nil }
        return folder
    }

    private func joined(_ arguments: [Range<Int>], _ code: Code, _ steps: Int) -> String? {
        guard let first = arguments.first else { return nil }
        var rest = arguments[...]
        var base = "."
        if code.isWord(first.lowerBound, "__dirname") || code.path(first.lowerBound, "import", "meta", "dirname") != nil
        {
            // What a compiler puts elsewhere is as far from the package's folder as it was: src/a.ts, dist/a.js.
            base = code.path.parentDirectory.relative(to: project.directory) ?? "."
            rest = rest.dropFirst()
        } else if code.path(first.lowerBound, "process", "cwd") != nil {
            rest = rest.dropFirst()
        }
        for argument in rest {
            guard let text = texts.value(argument, in: code),
                !text.hasPrefix("/") || argument.lowerBound != first.lowerBound
            else { break }
            let known = text.prefix { $0 != "$" }
            base = base.appending(path: String(known))
        }
        guard let folder = PathText.normalized(base), folder != "." else { return nil }
        return folder
    }

    /// The value of the last declaration of a name before a token.
    private func declaration(of name: String, in code: Code, before end: Int) -> Range<Int>? {
        let starts = (0..<code.count).filter { index in
            code.isWord(index, name) && code.isWord(index - 1, of: ["const", "let", "var"])
                && code.isMark(index + 1, "=")
        }
        guard let start = starts.last(where: { $0 < end }) ?? starts.first else { return nil }
        let parent = code.parent(start)
        var last = start + 2
        while last < code.count, last < start + 30, code.parent(last) != parent || !code.isMark(last, ";") {
            if last > start + 2, code.line(last) > code.line(last - 1), code.parent(last) == parent { break }
            last += 1
        }
        return start + 2..<last
    }
}

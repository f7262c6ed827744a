// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders below a Node program's own that it makes or fills while it runs: an image whose files cannot be changed has to
/// leave room for them, and what people upload must be there after a deploy.
struct NodeUploads {
    typealias Found = (folder: String, file: String, line: Int)

    private static let search = ByteSearch(["mkdirsync", "mkdir(", "ensuredir", "multer", "createwritestream"])
    private static let makers = ["mkdirSync", "mkdir", "ensureDir", "ensureDirSync"]
    /// What builds leave, and what is no folder of data.
    private static let others: Set<String> = [
        "dist", "build", "out", "src", "public", "static", "assets", "node_modules", "coverage", "lib", "app", "config",
    ]
    /// More steps than lead from a call to a literal in any program that people wrote.
    private static let mostSteps = 3

    let project: NodeProject
    let tree: SourceTree

    func find() -> [Found] {
        var seen: Set<String> = []
        return project.scripts.flatMap { path -> [Found] in
            guard !isTool(path), let bytes = tree.bytes(path), Self.search.isFound(in: bytes) else { return [] }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            return (0..<code.count).flatMap { index in
                places(at: index, code).compactMap { range in
                    folder(range, code, 0).flatMap { seen.insert($0).inserted ? ($0, path, code.line(index)) : nil }
                }
            }
        }
    }

    /// What people run by hand, or before there is a program.
    private func isTool(_ path: String) -> Bool {
        let folders =
            path.relative(to: project.directory)?.split(separator: "/").dropLast().map { $0.lowercased() } ?? []
        return folders.contains {
            ["scripts", "script", "tools", "seed", "seeds", "seeders", "bin", "cli"].contains($0)
        }
            || path.lastPathComponent.lowercased().hasPrefix("seed")
    }

    /// The expressions that name a folder.
    private func places(at index: Int, _ code: Code) -> [Range<Int>] {
        if code.isWord(index, of: Self.makers), code.isMark(index + 1, "(") {
            return code.arguments(index + 1).prefix(1).map(\.self)
        }
        // multer({ dest: "uploads/" })
        if code.isWord(index, "multer"), code.isMark(index + 1, "("), code.isMark(index + 2, "{") {
            return code.argument("dest", in: code.arguments(index + 2)).map { [$0] } ?? []
        }
        guard code.isWord(index, "diskStorage"), code.isMark(index + 1, "("), code.isMark(index + 2, "{") else {
            return []
        }
        guard let close = code.partner(index + 2),
            let key = (index + 3..<close).first(where: {
                code.isWord($0, "destination") && code.parent($0) == index + 2
            })
        else { return [] }
        if code.isMark(key + 1, ":"), code.string(key + 2) != nil { return [key + 2..<key + 3] }
        let end = code.arguments(index + 2).first { $0.contains(key) }?.upperBound ?? close
        // destination: (request, file, done) => done(null, "uploads/")
        return (key..<end).compactMap { place in
            guard code.word(place) != nil, code.isMark(place + 1, "("),
                case let arguments = code.arguments(place + 1), arguments.count == 2,
                code.isWord(arguments[0].lowerBound, "null")
            else { return nil }
            return arguments[1]
        }
    }

    /// The folder that an expression stands for, seen from the package's; `nil` where it is none of its own.
    private func folder(_ range: Range<Int>, _ code: Code, _ steps: Int) -> String? {
        guard steps <= Self.mostSteps, let first = range.first else { return nil }
        // process.env.UPLOADS || "./uploads"
        let outside = range.filter { code.parent($0) == code.parent(first) }
        if let choice = outside.last(where: { code.isMark($0, "||") || code.isMark($0, "??") }),
            choice + 2 < range.upperBound
        {
            return folder(choice + 2..<range.upperBound, code, steps)
        }
        if range.count == 1 || code.kind(first) == .template {
            if let text = text(first, code) { return own(text) }
            return code.word(first).flatMap { declared($0, code, steps) }
        }
        guard let call = range.first(where: { code.isWord($0, of: ["join", "resolve"]) && code.isMark($0 + 1, "(") }),
            call <= first + 2
        else { return nil }
        let arguments = code.arguments(call + 1)
        guard let base = arguments.first else { return nil }
        var steps: [String] = []
        for argument in arguments.dropFirst() {
            guard argument.count == 1 || code.kind(argument.lowerBound) == .template,
                let text = text(argument.lowerBound, code)
            else { break }
            steps.append(text)
            if code.kind(argument.lowerBound) == .template { break }
        }
        let rest = steps.joined(separator: "/")
        if base.contains(where: { code.isWord($0, of: ["__dirname", "dirname"]) }) {
            let inside = code.path.parentDirectory.relative(to: project.directory) ?? "."
            // Where a compiler puts the file, nobody knows here: it is as deep below another folder.
            guard let folder = own(inside + "/" + rest), !folder.hasPrefix("src/") || !code.path.hasSuffix(".ts") else {
                return nil
            }
            return folder
        }
        if base.contains(where: { code.isWord($0, "cwd") }) { return own(rest) }
        if base.count == 1, let text = text(base.lowerBound, code) { return own(text + "/" + rest) }
        return nil
    }

    /// A literal, or what stands before the first value in one: `uploads/${name}`.
    private func text(_ index: Int, _ code: Code) -> String? {
        if let text = code.string(index) { return text }
        guard code.kind(index) == .template else { return nil }
        let text = code.text(index)
        guard let end = text[...].range(ofText: "${")?.lowerBound else { return text }
        return text[..<end].lastIndex(of: "/").map { String(text[..<$0]) }
    }

    private func declared(_ name: String, _ code: Code, _ steps: Int) -> String? {
        for index in 0..<code.count
        where code.isWord(index, name) && code.isWord(index - 1, of: ["const", "let", "var"])
            && code.isMark(index + 1, "=")
        {
            let line = code.line(index)
            let end = (index + 2..<code.count).first { place in
                code.isMark(place, ";") && code.parent(place) == code.parent(index)
                    || code.line(place) > line && code.parent(place) == code.parent(index)
            }
            return folder(index + 2..<(end ?? code.count), code, steps + 1)
        }
        return nil
    }

    private func own(_ path: String) -> String? {
        guard !path.hasPrefix("/"), let folder = PathText.normalized(path), folder != ".", !folder.hasPrefix(".."),
            !folder.contains("node_modules"), !folder.contains(" ")
        else { return nil }
        let steps = folder.split(separator: "/")
        // `uploads/2024/x` lies in what is kept of `uploads`; `public` holds what the build leaves as well.
        let depth = steps.first == "public" || steps.first == "src" || steps.first == "static" ? 2 : 1
        let kept = steps.prefix(depth).joined(separator: "/")
        guard let last = kept.split(separator: "/").last, !Self.others.contains(String(last)),
            !project.scripts.contains(where: { $0.relative(to: project.path(kept)) != nil })
        else { return nil }
        return kept
    }
}

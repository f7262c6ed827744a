// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Command lines of Python programs that files for deployment and development name, split into plain words.
struct StatedCommands: Sendable {
    struct Line: Sendable {
        let words: [String]
        let file: String
        let number: Int
    }

    let lines: [Line]

    private static let programs = [
        "uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve", "uwsgi", "fastapi", "flask",
        "streamlit", "chainlit", "celery", "litestar", "sanic",
    ]
    private static let names: Set<String> = [
        "Procfile", "Makefile", "justfile", "Justfile", "README.md", "README.rst", "fly.toml", "render.yaml",
        "railway.toml", "railway.json", "app.json", "devcontainer.json", "heroku.yml", "app.yaml", "launch.json",
    ]

    init(in tree: SourceTree) {
        let named = Self.names.flatMap { tree.files(named: $0) }
        let unnamed = tree.otherEntries.filter { !Self.names.contains($0.name) && Self.isRead($0.name) }
        lines = (named + unnamed).filter {
            !Candidate.isAside($0.directory) || $0.name == "devcontainer.json"
        }
        .sorted { $0.path.precedesByBytes($1.path) }
        .flatMap { entry in Self.lines(of: tree.text(entry.path) ?? "", entry.path) }
    }

    private static func isRead(_ name: String) -> Bool {
        name.hasPrefix("Dockerfile") || name.hasSuffix(".Dockerfile")
            || name.hasSuffix(".dockerfile") || name.hasSuffix(".sh") || name.hasPrefix("Procfile")
            || (name.hasPrefix("docker-compose") || name.hasPrefix("compose")) && name.contains(".y")
            || name.hasPrefix("supervisor") && name.hasSuffix(".conf")
    }

    private static func lines(of text: String, _ file: String) -> [Line] {
        guard programs.contains(where: { text.utf8.contains($0) }) else { return [] }
        var found: [Line] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard programs.contains(where: { line.has($0) }) else { continue }
            let words = line.split { " \t\r\"'`,[]=;".contains($0) }.map(String.init)
            found.append(Line(words: words, file: file, number: index + 1))
        }
        return found
    }

    /// `module:object` of every server named.
    var targets: [String] {
        lines.flatMap { line in
            line.words.filter { word in
                let parts = word.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, let first = parts[0].first, let second = parts[1].first else { return false }
                return (first.isLetter || first == "_") && (second.isLetter || second == "_")
                    && parts[0].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            }
        }
    }

    /// The port of a line that serves the object, seen from whichever folder, with how much the file is worth.
    func port(of target: String) -> (port: UInt16, line: Line, confidence: Double)? {
        var best: (port: UInt16, line: Line, confidence: Double)?
        for line in lines {
            guard let place = line.words.firstIndex(where: { $0.contains(":") && Self.isSame($0, target) }),
                let flag = line.words[place...].firstIndex(where: { $0 == "--port" || $0 == "-p" }),
                flag + 1 < line.words.count, let port = UInt16(line.words[flag + 1])
            else { continue }
            let name = line.file.lastPathComponent
            let confidence = name.hasSuffix(".sh") ? 0.6 : name.hasPrefix("README") ? 0.52 : 0.55
            if confidence > best?.confidence ?? 0 { best = (port, line, confidence) }
        }
        return best
    }

    private static func isSame(_ word: String, _ target: String) -> Bool {
        let left = word.hasSuffix("()") ? String(word.dropLast(2)) : word
        return left == target || left.hasSuffix("." + target) || target.hasSuffix("." + left)
    }

    /// The word after two others: the file of `streamlit run app.py`, as the line's own folder sees it.
    func argument(of program: String, _ verb: String) -> [(text: String, line: Line)] {
        lines.compactMap { line in
            for index in line.words.indices.dropLast(2)
            where line.words[index].lastPathComponent == program && line.words[index + 1] == verb {
                let rest = line.words[(index + 2)...]
                if let word = rest.first(where: { $0.hasSuffix(".py") }) { return (word, line) }
            }
            return nil
        }
    }
}

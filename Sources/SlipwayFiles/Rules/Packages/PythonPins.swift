// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What one list or lock file says about Python's packages.
struct PythonPins {
    struct Pin {
        let line: Int
        let extras: Set<String>
        let range: PackageRange
    }

    /// The file.
    let place: String
    /// Its folder, `.` at the root.
    let folder: String
    /// Whether the file names everything that is installed.
    let isLock: Bool
    /// Whether no other list is included.
    let isComplete: Bool
    /// By name, in lower case and with hyphens.
    let pins: [String: Pin]

    /// Whether an installation gets the version or a later one of a package; one that the list does not name comes
    /// with another as the newest.
    func gets(_ name: String, from version: PackageVersion, isBrought: Bool = false) -> Bool {
        if let pin = pins[name] { return pin.range.reaches(version) }
        return isBrought && !isLock && isComplete
    }

    /// The lists of every folder, lock files before the others.
    static func all(in tree: SourceTree) -> [PythonPins] {
        let locks = tree.entries.compactMap { entry -> PythonPins? in
            guard ["uv.lock", "poetry.lock"].contains(entry.name), let text = tree.text(entry.path) else { return nil }
            return PythonPins(entry, lock: text)
        }
        let lists = tree.entries.compactMap { entry -> PythonPins? in
            guard isList(entry), let text = tree.text(entry.path), text.utf8.count < 500_000 else { return nil }
            return PythonPins(entry, list: text)
        }
        let projects = tree.files(named: "pyproject.toml").compactMap { entry -> PythonPins? in
            guard !locks.contains(where: { $0.folder == entry.directory }),
                !lists.contains(where: { $0.folder == entry.directory }), let text = tree.text(entry.path)
            else { return nil }
            return PythonPins(entry, project: text)
        }
        return locks + lists + projects
    }

    /// The list that a file of code is installed with: the nearest above it, a lock file before others.
    static func nearest(to path: String, of all: [PythonPins]) -> [PythonPins] {
        let above = all.filter { $0.folder == "." || path.hasPrefix($0.folder + "/") }
        guard let depth = above.map({ $0.folder == "." ? 0 : $0.folder.utf8.count }).max() else { return [] }
        let near = above.filter { ($0.folder == "." ? 0 : $0.folder.utf8.count) == depth }
        let locks = near.filter(\.isLock)
        return locks.isEmpty ? near : locks
    }

    private static func isList(_ entry: SourceTree.Entry) -> Bool {
        let name = entry.name.lowercased()
        guard name.hasSuffix(".txt"), !entry.path.contains("node_modules/"), !entry.path.contains("site-packages/")
        else { return false }
        let words = name.dropLast(4).split { "-_.".contains($0) }
        let aside: Set<Substring> = [
            "dev", "develop", "test", "tests", "testing", "docs", "doc", "lint", "old", "local",
        ]
        if !aside.isDisjoint(with: words) { return false }
        return words.first == "requirements" || words.last == "requirements"
            || entry.directory.hasSuffix("requirements")
                && ["base", "prod", "production", "common"].contains(words.first)
    }

    private init(_ entry: SourceTree.Entry, list text: String) {
        var pins: [String: Pin] = [:]
        var isComplete = true
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            if ["-r", "-c", "--requirement", "--constraint"].contains(where: body.hasPrefix) { isComplete = false }
            if let (name, pin) = Self.requirement(body, line: index + 1) { pins[name] = pin }
        }
        (place, folder, isLock, self.isComplete, self.pins) = (entry.path, entry.directory, false, isComplete, pins)
    }

    /// The dependencies of PEP 621 and of Poetry.
    private init(_ entry: SourceTree.Entry, project text: String) {
        var pins: [String: Pin] = [:]
        var isArray = false
        var isPoetry = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            if body.hasPrefix("[") && !isArray {
                isPoetry = body.hasPrefix("[tool.poetry.dependencies]")
                continue
            }
            if body.hasPrefix("dependencies = [") || body.hasPrefix("dependencies=[") { isArray = true }
            if isArray {
                for part in body.split(separator: "\"").enumerated()
                where part.offset % 2 == (body.hasPrefix("\"") ? 0 : 1) {
                    if let (name, pin) = Self.requirement(String(part.element), line: index + 1) { pins[name] = pin }
                }
                if body.hasSuffix("]"), !body.hasSuffix("[") { isArray = false }
            } else if isPoetry, let equals = body.firstIndex(of: "=") {
                let name = body[..<equals].trimmed.lowercased().replacing("_", with: "-")
                let value = body[body.index(after: equals)...]
                let version = value.split(separator: "\"").dropFirst(value.trimmed.hasPrefix("\"") ? 0 : 1).first {
                    part in
                    part.first.map { "^~=<>*".contains($0) || $0.isNumber } ?? false
                }
                if let version, let range = PackageRange(String(version), bareIsExact: true) {
                    let extras = value.split(separator: "[").dropFirst().first?.prefix { $0 != "]" } ?? ""
                    pins[name] = Pin(
                        line: index + 1, extras: Set(extras.split { " \",".contains($0) }.map(String.init)),
                        range: range)
                }
            }
        }
        (place, folder, isLock, isComplete, self.pins) = (entry.path, entry.directory, false, true, pins)
    }

    private init(_ entry: SourceTree.Entry, lock text: String) {
        var pins: [String: Pin] = [:]
        var name: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("name = \"") {
                name = String(line.dropFirst(8).dropLast()).lowercased()
            } else if line.hasPrefix("version = \""), let found = name {
                if let range = PackageRange(String(line.dropFirst(11).dropLast()), bareIsExact: true) {
                    pins[found] = Pin(line: index + 1, extras: [], range: range)
                }
                name = nil
            }
        }
        (place, folder, isLock, isComplete, self.pins) = (entry.path, entry.directory, true, true, pins)
    }

    /// `passlib[bcrypt]==1.7.4  # why`
    private static func requirement(_ line: String, line number: Int) -> (String, Pin)? {
        let body = line.split(separator: "#", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        // A marker may leave the package out.
        guard let first = body.first, first.isLetter || first.isNumber, !body.contains(";"), !body.contains("@") else {
            return nil
        }
        let name = body.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        var rest = body.dropFirst(name.count).drop { $0 == " " }
        var extras: Set<String> = []
        if rest.hasPrefix("[") {
            let inner = rest.dropFirst().prefix { $0 != "]" }
            extras = Set(inner.split(separator: ",").map { $0.trimmed.lowercased() })
            rest = rest.dropFirst(inner.count + 2)
        }
        let specifier = rest.split(whereSeparator: { $0 == "\\" || $0 == "-" && rest.contains(" --") }).first ?? ""
        guard let range = PackageRange(String(specifier).trimmed, bareIsExact: true) else { return nil }
        let key = String(name).lowercased().replacing("_", with: "-")
        return (key, Pin(line: number, extras: extras, range: range))
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A version of a package that is certainly installed, and the line that says so.
struct LockedVersion {
    let file: String
    /// One-based.
    let line: Int
    let version: PackageVersion
}

/// Finds versions in lock files and manifests without reading them whole.
struct LockedVersions {
    let tree: SourceTree

    /// The version of an npm package for the package.json in a folder: its lock file's, else an exact pin's.
    func node(_ name: String, for pins: NodePins) -> LockedVersion? {
        for folder in Set([pins.folder, "."]).sorted(by: { $0.utf8.count > $1.utf8.count }) {
            for lock in ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"] {
                let path = GoPath.clean(folder + "/" + lock)
                guard tree.contains(path) else { continue }
                return inLock(name, path, lock).map {
                    LockedVersion(file: pins.place, line: pins.line(of: name) ?? 1, version: $0)
                }
            }
        }
        return pins.exact(name).map { LockedVersion(file: pins.place, line: pins.line(of: name) ?? 1, version: $0) }
    }

    /// The one version that a lock file names; `nil` where it names several.
    private func inLock(_ name: String, _ path: String, _ kind: String) -> PackageVersion? {
        guard let bytes = tree.bytes(path), ByteSearch.contains(name.utf8, in: bytes), let text = tree.text(path) else {
            return nil
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let found: [PackageVersion]
        switch kind {
        case "package-lock.json":
            found = after(
                lines, ["\"node_modules/\(name)\": {", "/node_modules/\(name)\": {"], "\"version\": \"", within: 4)
        case "yarn.lock": found = after(lines, ["\(name)@", "\"\(name)@"], "version", within: 3, isAtStart: true)
        case "bun.lock": found = inLine(lines, "[\"\(name)@")
        default: found = inLine(lines, ["  \(name)@", "  /\(name)@", "  '\(name)@", "  /\(name)/"])
        }
        guard let first = found.first, found.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    private func inLine(_ lines: [Substring], _ signs: [String]) -> [PackageVersion] {
        signs.flatMap { sign in
            lines.compactMap { line in
                TextSearch.range(of: sign, in: line).flatMap { PackageVersion(line[$0.upperBound...]) }
            }
        }
    }
    private func inLine(_ lines: [Substring], _ sign: String) -> [PackageVersion] { inLine(lines, [sign]) }

    /// The versions in the lines below those that hold one of the signs.
    private func after(
        _ lines: [Substring], _ signs: [String], _ word: String, within count: Int, isAtStart: Bool = false
    ) -> [PackageVersion] {
        lines.indices.compactMap { index in
            let isThere = signs.contains { isAtStart ? lines[index].hasPrefix($0) : lines[index].contains($0) }
            guard isThere else { return nil }
            for line in lines[(index + 1)...].prefix(count) {
                guard let range = TextSearch.range(of: word, in: line) else { continue }
                return PackageVersion(line[range.upperBound...].drop { " :\"'v".contains($0) })
            }
            return nil
        }
    }

    /// `"name": "vendor/package"` and the line below it, as composer.lock writes them; development packages left out.
    func composer(_ name: String) -> [LockedVersion] {
        tree.files(named: "composer.lock").compactMap { entry in
            guard let lines = lines(of: entry, with: "\"\(name)\"") else { return nil }
            let end = lines.firstIndex { $0.contains("\"packages-dev\":") } ?? lines.endIndex
            guard let index = lines[..<end].firstIndex(where: { $0.contains("\"name\": \"\(name)\"") }),
                let below = lines[(index + 1)...].first, let range = TextSearch.range(of: "\"version\": \"", in: below),
                let version = PackageVersion(below[range.upperBound...])
            else { return nil }
            return LockedVersion(file: entry.path, line: index + 2, version: version)
        }
    }

    /// `    rails (5.2.1)` of Gemfile.lock.
    func gem(_ name: String) -> [LockedVersion] {
        tree.files(named: "Gemfile.lock").compactMap { entry in
            guard let lines = lines(of: entry, with: "    \(name) ("),
                let index = lines.firstIndex(where: { $0.hasPrefix("    \(name) (") }),
                let version = PackageVersion(lines[index].dropFirst(name.count + 6))
            else { return nil }
            return LockedVersion(file: entry.path, line: index + 1, version: version)
        }
    }

    /// The version that a pom.xml or a build.gradle writes beside the artifact, or in the property that stands there.
    func maven(_ artifact: String) -> [LockedVersion] {
        ["pom.xml", "build.gradle", "build.gradle.kts"].flatMap { tree.files(named: $0) }.compactMap { entry in
            guard let lines = lines(of: entry, with: artifact) else { return nil }
            return entry.name == "pom.xml" ? pom(artifact, entry, lines) : gradle(artifact, entry, lines)
        }
    }

    private func pom(_ artifact: String, _ entry: SourceTree.Entry, _ lines: [Substring]) -> LockedVersion? {
        for index in lines.indices where lines[index].contains("<artifactId>\(artifact)</artifactId>") {
            for next in index...min(index + 3, lines.count - 1) {
                guard let range = TextSearch.range(of: "<version>", in: lines[next]) else { continue }
                let value = lines[next][range.upperBound...]
                if value.hasPrefix("${") {
                    return property(String(value.dropFirst(2).prefix { $0 != "}" }), entry, lines)
                }
                return PackageVersion(value).map { LockedVersion(file: entry.path, line: next + 1, version: $0) }
            }
        }
        return nil
    }

    private func property(_ name: String, _ entry: SourceTree.Entry, _ lines: [Substring]) -> LockedVersion? {
        for (index, line) in lines.enumerated() {
            guard let range = TextSearch.range(of: "<\(name)>", in: line) else { continue }
            return PackageVersion(line[range.upperBound...]).map {
                LockedVersion(file: entry.path, line: index + 1, version: $0)
            }
        }
        return nil
    }

    private func gradle(_ artifact: String, _ entry: SourceTree.Entry, _ lines: [Substring]) -> LockedVersion? {
        for (index, line) in lines.enumerated() {
            guard let range = TextSearch.range(of: ":\(artifact):", in: line),
                let version = PackageVersion(line[range.upperBound...])
            else { continue }
            return LockedVersion(file: entry.path, line: index + 1, version: version)
        }
        return nil
    }

    private func lines(of entry: SourceTree.Entry, with word: String) -> [Substring]? {
        guard let bytes = tree.bytes(entry.path), ByteSearch.contains(word.utf8, in: bytes) else { return nil }
        return tree.text(entry.path)?.split(separator: "\n", omittingEmptySubsequences: false)
    }
}

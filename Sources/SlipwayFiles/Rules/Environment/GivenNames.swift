// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names that files give.
enum GivenNames {
    struct Place {
        let name: String
        let value: String?
        let file: String
        let line: Int
    }

    /// What a Compose service is given; `nil` when a file that nobody can see may give more.
    static func of(_ unit: DeployedUnit) -> Set<String>? {
        guard let service = unit.service, let compose = unit.compose else { return nil }
        var names = Set(
            unit.instructions.filter { ["ENV", "ARG"].contains($0.keyword) }.flatMap { $0.pairs.map(\.name) })
        for member in compose.anywhere(service.name) {
            names.formUnion(member.environment.map(\.name))
            for given in member.environmentFiles {
                guard let path = compose.resolve(given.path) else { return nil }
                let tree = compose.repository.tree
                guard let existing = tree.contains(path) ? path : DotenvTemplates.of(path, in: tree),
                    let text = tree.text(existing)
                else { return nil }
                names.formUnion(Dotenv(parsing: text).assignments.map(\.name))
                // Names that a template only mentions count too.
                names.formUnion(commented(text))
            }
            if member.node["extends"] != nil || member.node["secrets"] != nil { return nil }
        }
        // A dotenv file that is copied into the image gives its names to the process.
        if unit.instructions.contains(where: { $0.keyword == "COPY" && $0.text.contains(".env") }) { return nil }
        let names0 = names
        let mounts = service.mounts.contains { $0.target.hasSuffix(".env") }
        return mounts || names0.isEmpty && service.environmentFiles.isEmpty && service.environment.isEmpty ? nil : names
    }

    private static func commented(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let body = line.drop { $0 == "#" || $0 == " " }
            guard let equals = body.firstIndex(of: "="), line.hasPrefix("#") else { return nil }
            let name = body[..<equals].trimmed
            return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? name : nil
        }
    }

    /// Every dotenv file, and the environment of services that are built here.
    static func everywhere(in repository: CheckedRepository) -> [Place] {
        var found: [Place] = []
        for file in repository.dotenvFiles where DotenvPurpose(path: file.location) != .test {
            for assignment in file.document.assignments {
                found.append(
                    Place(name: assignment.name, value: assignment.value, file: file.location, line: assignment.line))
            }
        }
        for file in repository.composeFiles {
            for service in file.services where service.build != nil {
                for variable in service.environment {
                    found.append(
                        Place(name: variable.name, value: variable.value, file: file.location, line: variable.line))
                }
            }
        }
        return found
    }

    /// Whether any text of the repository but the giving files has the name.
    static func isMentioned(_ name: String, in repository: CheckedRepository) -> Bool {
        let needle = Array(name.utf8)
        return repository.tree.entries.contains { entry in
            guard FileFormat(path: entry.path) != .dotenv, !entry.path.contains("node_modules/"),
                ![".md", ".lock", ".svg", ".map", ".rst", ".txt"].contains(where: { entry.name.hasSuffix($0) }),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            if FileFormat(path: entry.path) == .compose { return false }
            return RouteSearch.contains(bytes, needle)
        }
    }
}

/// The name that was probably meant: `JWT_SECRET` for `JWT_SECRET_KEY`, `REACT_APP_API` for `VITE_API`.
enum NearestName {
    static func among(_ candidates: Set<String>, to name: String) -> String? {
        let words = name.split(separator: "_")
        let bare = Self.bare(words)
        if let same = candidates.sorted().first(where: {
            $0 != name && Self.bare($0.split(separator: "_")) == bare && !bare.isEmpty
        }) {
            return same
        }
        if let longer = candidates.sorted().first(where: { candidate in
            let other = candidate.split(separator: "_")
            guard abs(other.count - words.count) == 1, min(other.count, words.count) >= 2 else { return false }
            let (short, long) = other.count < words.count ? (other, words) : (words, other)
            return long.starts(with: short) || Array(long.suffix(short.count)) == Array(short)
        }) {
            return longer
        }
        guard name.utf8.count >= 6, let near = NearestWord.of(name, among: candidates), near.utf8.count >= 6 else {
            return nil
        }
        // One or two letters: a slip of the fingers and no other name.
        return abs(near.utf8.count - name.utf8.count) <= 1 && Self.differs(near, name) <= 2 ? near : nil
    }

    /// Without a bundler's prefix.
    private static func bare(_ words: [Substring]) -> [Substring] {
        for prefix in [
            ["REACT", "APP"], ["NEXT", "PUBLIC"], ["VUE", "APP"], ["VITE", "APP"], ["VITE"], ["EXPO", "PUBLIC"],
            ["NUXT", "PUBLIC"], ["PUBLIC"],
        ]
        where words.count > prefix.count && words.prefix(prefix.count).map(String.init) == prefix {
            return Array(words.dropFirst(prefix.count))
        }
        return words
    }

    private static func differs(_ left: String, _ right: String) -> Int {
        let (first, second) = (Array(left.utf8), Array(right.utf8))
        let same = zip(first, second).prefix { $0 == $1 }.count
        let end = zip(first.dropFirst(same).reversed(), second.dropFirst(same).reversed()).prefix { $0 == $1 }.count
        return max(first.count, second.count) - same - end
    }
}

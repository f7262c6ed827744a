// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Reads of variables that look required and cannot fail.
enum RequiredReads {
    /// Whether the code gives the variable itself, or reads it only after a condition.
    static func isSettled(_ variable: Variable, in tree: SourceTree) -> Bool {
        let places = variable.origins.compactMap(OriginPlace.of)
        guard !places.isEmpty else { return false }
        if ofImages.contains(variable.name) { return true }
        // Create React App gives it to every page, empty unless package.json has a homepage.
        if variable.name == "PUBLIC_URL",
            places.allSatisfy({ [".js", ".ts", ".tsx", ".jsx"].contains(where: $0.path.hasSuffix) })
        {
            return true
        }
        if places.allSatisfy({ isBeside($0.path) }) { return true }
        if isIntegration(variable.name), places.allSatisfy({ isSoft($0, variable.name, in: tree) }) { return true }
        if places.contains(where: { tree.text($0.path).map { gives(variable.name, in: $0) } ?? false }) { return true }
        return places.allSatisfy { place in
            place.path.hasSuffix(".py") && tree.text(place.path).map { isConditional($0, line: place.line) } ?? false
        }
    }

    /// Given by the official images of the languages.
    private static let ofImages: Set<String> = [
        "PYTHON_VERSION", "NODE_VERSION", "YARN_VERSION", "RUBY_VERSION", "GOLANG_VERSION", "GOPATH", "JAVA_HOME",
        "JAVA_VERSION", "PHP_VERSION", "RUST_VERSION", "CARGO_HOME", "DOTNET_VERSION", "LANG", "HOME", "PATH",
        "HOSTNAME",
    ]

    /// Whether the file is a tool of the repository that the deployed process does not run.
    private static func isBeside(_ path: String) -> Bool {
        if path.hasSuffix(".sh") { return true }
        let folders = path.lowercased().split(separator: "/").dropLast()
        return folders.contains {
            [
                "scripts", "script", "tools", "seed", "seeds", "test", "tests", "__tests__", "e2e", "benchmarks",
                "examples",
            ]
            .contains($0)
        }
    }

    /// Whether a name is a key of somebody else's service, which an application can do without, and not its own.
    static func isIntegration(_ name: String) -> Bool {
        let isKey = ["_KEY", "_SECRET", "_TOKEN", "_CLIENT_ID", "_DSN", "_WEBHOOK", "_PASSWORD", "_USERNAME"].contains {
            name.hasSuffix($0)
        }
        let own = [
            "SECRET_KEY", "JWT", "SESSION", "APP_", "DATABASE", "DB_", "POSTGRES", "MYSQL", "MONGO", "REDIS", "AUTH_",
        ]
        return isKey && !own.contains { name.contains($0) }
    }

    /// Whether the read gives nothing, and fails not, when the variable is not there.
    private static func isSoft(_ place: (path: String, line: Int), _ name: String, in tree: SourceTree) -> Bool {
        guard let text = tree.text(place.path) else { return false }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(place.line - 1) else { return false }
        let line = lines[place.line - 1]
        return ["getenv(", "environ.get(", "process.env.", "ENV["].contains { line.contains($0) } && !line.contains("!")
    }

    /// `process.env.NAME = ...`, `os.environ["NAME"] = ...`, `{"NAME": ...}`.
    private static func gives(_ name: String, in text: String) -> Bool {
        guard text.contains(name) else { return false }
        return text.split(whereSeparator: \.isNewline).contains { line in
            guard let range = TextSearch.range(of: name, in: line) else { return false }
            let before = line[..<range.lowerBound]
            var after = line[range.upperBound...]
            let isQuoted = before.last == "\"" || before.last == "'"
            if isQuoted { after = after.dropFirst() }
            if isQuoted, after.first == "]" { after = after.dropFirst() }
            let rest = after.drop { $0 == " " }
            if rest.hasPrefix("="), !rest.hasPrefix("=="), !rest.hasPrefix("=>") {
                return before.hasSuffix("process.env.") || before.hasSuffix("environ[\"")
                    || before.hasSuffix("environ['")
                    || before.hasSuffix("ENV[\"") || before.hasSuffix("ENV['")
            }
            return isQuoted && rest.hasPrefix(":") && rest.contains("(")
        }
    }

    /// Whether the line stands below an `if` or a `try`, by its indentation.
    private static func isConditional(_ text: String, line: Int) -> Bool {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(line - 1) else { return false }
        func indentation(_ index: Int) -> Int { lines[index].prefix { $0 == " " || $0 == "\t" }.count }
        var depth = indentation(line - 1)
        for index in stride(from: line - 2, through: 0, by: -1) where depth > 0 {
            let body = lines[index].drop { $0 == " " || $0 == "\t" }
            if body.isEmpty || body.hasPrefix("#") || indentation(index) >= depth { continue }
            // A condition over several lines closes where it began.
            if body.hasPrefix(")") || body.hasPrefix("]") || body.hasPrefix("}") { continue }
            depth = indentation(index)
            if ["if ", "if(", "elif ", "else:", "try:", "except"].contains(where: body.hasPrefix) { return true }
        }
        return false
    }
}

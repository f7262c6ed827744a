// SPDX-License-Identifier: Apache-2.0

/// One package that a Python code base asks for.
package struct PythonDependency: Equatable, Sendable {
    /// Normalised as PEP 503 says: lower case, runs of `-`, `_` and `.` are one `-`.
    package var name: String
    /// `standard` of `uvicorn[standard]`, normalised too.
    package var extras: [String]
    /// `>=0.110,<1`, as written; empty when any version will do.
    package var specifier: String
    package var file: String
    package var line: Int
    /// Whether it stands below a comment that says it is for tests or development.
    package var isForTests = false

    package init(name: String, extras: [String] = [], specifier: String = "", file: String, line: Int) {
        self.name = Self.normalized(name)
        self.extras = extras.map(Self.normalized)
        self.specifier = specifier
        self.file = file
        self.line = line
    }

    /// Reads a requirement of PEP 508 (`name[extra] >=1; marker`, `name @ url`, a URL with `#egg=`); `nil` for options,
    /// comments and paths.
    package init?(requirement text: some StringProtocol, file: String, line: Int) {
        let body = text.prefix { $0 != ";" && $0 != "#" }
        let start = body.drop { $0 == " " || $0 == "\t" }
        let name = start.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
        guard let first = name.first, first.isLetter || first.isNumber, !name.hasPrefix(".") else { return nil }
        var rest = start.dropFirst(name.count).drop { $0 == " " }
        if rest.hasPrefix(":") || rest.hasPrefix("/") || rest.hasPrefix("+") { return nil }
        var extras: [String] = []
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            extras = rest[rest.index(after: rest.startIndex)..<close].split(separator: ",").map {
                String($0.filter { $0 != " " })
            }
            rest = rest[rest.index(after: close)...]
        }
        let specifier = rest.prefix { $0 != "\\" }.filter { $0 != " " && $0 != "\t" && $0 != "\r" }
        self.init(name: String(name), extras: extras, specifier: String(specifier), file: file, line: line)
    }

    /// `2.9.9` of `==2.9.9`; `nil` where several versions will do.
    package var pin: String? {
        guard specifier.hasPrefix("=="), !specifier.contains(","), !specifier.contains("*") else { return nil }
        return String(specifier.drop { $0 == "=" })
    }

    package static func normalized(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() {
            if character == "-" || character == "_" || character == "." {
                if !result.hasSuffix("-") { result.append("-") }
            } else {
                result.append(character)
            }
        }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Variables of the application's own that say whether it is in production, whatever they are called: the default is a
/// developer's, and the code that reads it knows the other word.
struct ModeVariables {
    private static let defaults: Set<String> = ["development", "dev", "local"]
    /// The word for production, most usual first.
    private static let words = ["production", "prod"]

    private let tree: SourceTree

    init(_ tree: SourceTree) { self.tree = tree }

    func note(in spec: inout AppSpec) {
        for index in spec.variables.indices {
            let variable = spec.variables[index]
            guard variable.default.map({ Self.defaults.contains($0.lowercased()) }) == true, variable.phase == .run
            else { continue }
            let origins = Set(variable.origins.map { String($0.prefix { $0 != ":" }) }).sorted()
            let folders = spec.services.filter { variable.services.contains($0.name) }.map(\.directory)
            spec.variables[index].production = Self.words.first { word in
                origins.contains { compares($0, with: word) }
                    || folders.contains { folder in
                        tree.files(under: folder).contains {
                            isBeside($0.path, origins) && compares($0.path, with: word)
                        }
                    }
            }
        }
    }

    /// Code of the same language, and no test of it.
    private func isBeside(_ path: String, _ origins: [String]) -> Bool {
        guard let language = CodeLanguage(file: path.lastPathComponent), language != .yaml, language != .shell else {
            return false
        }
        return SourceFilter.isApplication(path)
            && origins.contains { CodeLanguage(file: $0.lastPathComponent) == language }
    }

    private func compares(_ path: String, with word: String) -> Bool {
        guard let text = tree.text(path) else { return false }
        let quoted = ["\"\(word)\"", "'\(word)'"]
        return text.split(separator: "\n").contains { line in
            quoted.contains(where: line.contains)
                && ["==", "!=", "EqualFold", "equals", "case ", ".is(", " in "].contains(where: line.contains)
        }
    }
}

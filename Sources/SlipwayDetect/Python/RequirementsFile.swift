// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A pip requirements file with those that it includes.
struct RequirementsFile {
    /// Files may include each other in a circle.
    private static let deepestInclusion = 8

    let path: String
    let dependencies: [PythonDependency]

    init?(_ path: String, in tree: SourceTree) {
        guard let text = tree.text(path) else { return nil }
        self.path = path
        var seen: Set<String> = [path]
        dependencies = Self.read(text, path, tree, &seen, depth: 0)
    }

    private static func read(
        _ text: String, _ path: String, _ tree: SourceTree, _ seen: inout Set<String>, depth: Int
    ) -> [PythonDependency] {
        var found: [PythonDependency] = []
        var isForTests = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "=" }
            if let option = words.first, option == "-r" || option == "--requirement", words.count > 1 {
                let included = PathText.normalized(path.parentDirectory.appending(path: String(words[1])))
                guard let included, depth < deepestInclusion, seen.insert(included).inserted,
                    let inner = tree.text(included)
                else { continue }
                found += read(inner, included, tree, &seen, depth: depth + 1)
            } else if var dependency = PythonDependency(requirement: line, file: path, line: index + 1) {
                dependency.isForTests = isForTests
                found.append(dependency)
            } else if let egg = line.firstRange(of: "#egg="),
                let dependency = PythonDependency(requirement: line[egg.upperBound...], file: path, line: index + 1)
            {
                found.append(dependency)
            } else if let comment = words.first, comment.hasPrefix("#") {
                isForTests = isTestHeader(line)
            }
        }
        return found
    }

    private static let testWords: Set<String> = [
        "test", "tests", "testing", "dev", "development", "lint", "linting", "linters", "typing", "formatting",
    ]
    /// A heading has no more words; more is a remark.
    private static let longestHeading = 4

    /// `# Testing`, `# --- Dev dependencies ---`
    private static func isTestHeader(_ line: Substring) -> Bool {
        let words = line.split { !$0.isLetter }.map { $0.lowercased() }
        return words.count <= longestHeading && words.contains(where: testWords.contains)
    }
}

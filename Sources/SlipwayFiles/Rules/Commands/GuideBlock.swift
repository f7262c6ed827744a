// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Shell text in a document: a block of code, or a command between backticks.
struct GuideBlock {
    let text: String
    /// One-based line of its first line.
    let line: Int
    /// Counts the headings before it.
    let section: Int

    private static let languages: Set<String> = [
        "", "sh", "bash", "shell", "zsh", "console", "terminal", "shell-session",
    ]
    /// A block that names no language is shell when a line starts so, and so is a text between backticks.
    private static let programs: Set<String> = [
        "docker", "docker-compose", "npm", "pnpm", "yarn", "make", "cp", "cd", "git", "pip", "python", "python3",
        "node",
        "npx", "kubectl", "sudo", "psql", "bash", "sh", "composer", "php", "mix", "bundle", "rails", "slipway",
    ]

    static func all(in text: String) -> [GuideBlock] {
        var found: [GuideBlock] = []
        var open: (mark: String, isShell: Bool, isNamed: Bool, lines: [String], line: Int)?
        var section = 0
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.trimmed
            if let block = open {
                guard line.hasPrefix(block.mark) else {
                    open?.lines.append(withoutPrompt(line))
                    continue
                }
                let isShell = block.isNamed || block.lines.contains { isCommand($0[...]) }
                if block.isShell, isShell {
                    found.append(
                        GuideBlock(text: block.lines.joined(separator: "\n"), line: block.line, section: section))
                }
                open = nil
            } else if line.hasPrefix("```") || line.hasPrefix("~~~") {
                let language = line.dropFirst(3).lowercased().prefix { !$0.isWhitespace && $0 != "{" && $0 != "`" }
                open = (
                    String(line.prefix(3)), languages.contains(String(language)), !language.isEmpty, [], index + 2
                )
            } else {
                if line.hasPrefix("#") { section += 1 }
                found += spans(in: raw).map { GuideBlock(text: $0, line: index + 1, section: section) }
            }
        }
        // A block that nothing closes goes on to the document's end (spec.commonmark.org/0.31.2/#fenced-code-blocks).
        if let block = open, block.isShell, block.isNamed || block.lines.contains(where: { isCommand($0[...]) }) {
            found.append(GuideBlock(text: block.lines.joined(separator: "\n"), line: block.line, section: section))
        }
        return found
    }

    private static func withoutPrompt(_ line: String) -> String {
        line.hasPrefix("$ ") ? String(line.dropFirst(2)) : line
    }

    private static func isCommand(_ line: Substring) -> Bool {
        let words = line.split(separator: " ", maxSplits: 1)
        return words.count == 2 && programs.contains(String(words[0]))
    }

    /// Commands between backticks.
    private static func spans(in line: Substring) -> [String] {
        guard line.contains("`") else { return [] }
        return line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter {
            $0.offset % 2 == 1 && isCommand($0.element)
        }.map { String($0.element) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What the rules say about themselves, as Markdown and for one rule as text.
package enum RuleReference {
    /// The whole reference.
    package static var markdown: String {
        var parts = [
            "# Rules",
            """
            Made from the rules themselves by `make docs`. `slipway check --explain CODE` prints one of them; a rule \
            that hadolint, ShellCheck or BuildKit has too goes by that name as well. Errors and warnings make \
            `slipway check` exit with 65 (`--fail-on` moves that), infos do not.

            Quiet a rule for a line with a comment before it (`# slipway ignore=DF308 the archive is frozen`), for a file \
            with `# slipway global ignore=DF308 reason`, or for the repository in `slipway.yml` under `check`. Comments \
            to hadolint (`ignore`, `stage ignore`, `global ignore`), ShellCheck (`disable`) and BuildKit (`check=skip`) \
            are honoured. Where ShellCheck is installed its errors and warnings about scripts are shown under its codes.
            """,
        ]
        for group in RuleCatalog.groups {
            parts.append("## \(group.title)")
            let rows = group.descriptions.sorted { $0.code < $1.code }.map { rule in
                "| [\(rule.code)](#\(rule.code.lowercased())) | \(rule.severity.rawValue) | \(cell(rule.title)) | "
                    + "\(rule.aliases.joined(separator: ", ")) |"
            }
            parts.append(
                (["| code | severity | what | also known as |", "|---|---|---|---|"] + rows).joined(separator: "\n"))
        }
        for group in RuleCatalog.groups {
            for rule in group.descriptions.sorted(by: { $0.code < $1.code }) { parts.append(section(rule, group)) }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// One rule for a terminal.
    package static func text(of rule: RuleDescription) -> String {
        let path = RuleCatalog.groups.first { $0.descriptions.contains { $0.code == rule.code } }?.examplePath ?? ""
        var lines = ["\(rule.code) (\(rule.severity.rawValue)): \(rule.title)"]
        if !rule.aliases.isEmpty { lines.append("also known as \(rule.aliases.joined(separator: ", "))") }
        lines += ["", rule.why]
        if let example = rule.catches.first { lines += ["", "Found in:"] + indented(example, path) }
        if let example = rule.passes.first { lines += ["", "Not found in:"] + indented(example, path) }
        return lines.joined(separator: "\n")
    }

    private static func indented(_ example: RuleExample, _ path: String) -> [String] {
        files(of: example, path).flatMap { file in
            (example.files.count > 1 ? ["    # \(file.path)"] : [])
                + file.text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        }
    }

    private static func files(of example: RuleExample, _ path: String) -> [(path: String, text: String)] {
        example.files.sorted { $0.key < $1.key }.map { (path: $0.key.isEmpty ? path : $0.key, text: $0.value) }
    }

    private static func section(_ rule: RuleDescription, _ group: RuleGroup) -> String {
        var parts = ["### \(rule.code)", "\(rule.title.prefix(1).uppercased())\(rule.title.dropFirst()). \(rule.why)"]
        if let example = rule.catches.first { parts += ["Found in:", block(example, group.examplePath)] }
        if let example = rule.passes.first { parts += ["Not found in:", block(example, group.examplePath)] }
        return parts.joined(separator: "\n\n")
    }

    private static func block(_ example: RuleExample, _ path: String) -> String {
        let body = files(of: example, path).map { file in
            let text = file.text.hasSuffix("\n") ? String(file.text.dropLast()) : file.text
            return example.files.count > 1 ? "# \(file.path)\n\(text)" : text
        }.joined(separator: "\n\n")
        return "```\n\(body)\n```"
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

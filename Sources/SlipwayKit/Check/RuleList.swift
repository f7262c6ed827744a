// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The rules of `slipway check`, ready to be shown.
public enum RuleList {
    private struct Line: Encodable {
        let code: String
        let severity: Severity
        let title: String
        let aliases: [String]
    }

    /// One rule, by its code or by the name that another tool gives it.
    /// - Throws: ``SlipwayError`` `unknown-rule` when no rule has this name.
    public static func explanation(of name: String) throws -> String {
        let rules = RuleCatalog.descriptions(named: name)
        guard !rules.isEmpty else {
            throw SlipwayError(.unknownRule, "there is no rule \(name)", hint: "slipway check --list")
        }
        return rules.map(RuleReference.text).joined(separator: "\n\n")
    }

    /// One line a rule.
    public static var table: String {
        RuleCatalog.descriptions.sorted { $0.code < $1.code }.map { rule in
            let names = rule.aliases.isEmpty ? "" : " (\(rule.aliases.joined(separator: ", ")))"
            let severity = rule.severity.rawValue
            return rule.code + "  " + severity + String(repeating: " ", count: 9 - severity.utf8.count) + rule.title
                + names
        }.joined(separator: "\n")
    }

    /// `[{"code", "severity", "title", "aliases"}]`.
    public static func json() throws -> String {
        try JSONText.pretty(
            RuleCatalog.descriptions.sorted { $0.code < $1.code }.map {
                Line(code: $0.code, severity: $0.severity, title: $0.title, aliases: $0.aliases)
            })
    }
}

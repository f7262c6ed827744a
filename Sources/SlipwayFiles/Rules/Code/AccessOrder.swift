// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The first rule that fits decides.
    static let accessRuleBehindAll = Rule(
        "EN331", .warning, "a rule of access stands behind one that fits every path",
        why:
            "The first rule that fits a request decides. Behind one for every path the others are never asked: what they "
            + "keep for administrators is open to everybody the first one lets in. Spring refuses to start.",
        catches: [
            [
                "config/packages/security.yaml":
                    "security:\n  access_control:\n    - { path: ^/login, roles: PUBLIC_ACCESS }\n    - { path: ^/, roles: ROLE_USER }\n    - { path: ^/admin, roles: ROLE_ADMIN }\n"
            ],
            [
                "src/main/java/Security.java":
                    "http.authorizeHttpRequests(auth -> auth\n    .anyRequest().authenticated()\n    .requestMatchers(\"/admin/**\").hasRole(\"ADMIN\"));\n"
            ],
        ],
        passes: [
            [
                "config/packages/security.yaml":
                    "security:\n  access_control:\n    - { path: ^/admin, roles: ROLE_ADMIN }\n    - { path: ^/, roles: ROLE_USER }\n"
            ],
            [
                "config/packages/security.yaml":
                    "security:\n  access_control:\n    - { path: ^/, roles: ROLE_USER, ips: [127.0.0.1] }\n    - { path: ^/admin, roles: ROLE_ADMIN }\n"
            ],
            [
                "src/main/java/Security.java":
                    "http.authorizeHttpRequests(auth -> auth\n    .requestMatchers(\"/admin/**\").hasRole(\"ADMIN\")\n    .anyRequest().authenticated());\n"
            ],
        ]
    ) { repository in
        symfony(repository) + spring(repository)
    }

    private static func symfony(_ repository: CheckedRepository) -> [Violation] {
        (repository.tree.files(named: "security.yaml") + repository.tree.files(named: "security.yml")).flatMap {
            entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), text.contains("access_control"),
                let rules = YAMLDocument(parsing: text).root?.at("security", "access_control")?.sequence
            else { return [] }
            let all = rules.firstIndex { rule in
                ["^/", "/", "^/.*", "^", ".*"].contains(rule["path"]?.text) && (rule.mapping?.entries.count ?? 0) == 2
                    && rule["roles"] != nil
            }
            guard let all else { return [] }
            return rules[(all + 1)...].compactMap { rule in
                guard let path = rule["path"]?.text, let role = rule["roles"]?.texts?.first ?? rule["roles"]?.text
                else {
                    return nil
                }
                return Violation(
                    file: entry.path, line: rule.line,
                    "\(path) is decided by line \(rules[all].line) already, so nobody is asked for \(role); move this rule "
                        + "above it", severity: role.contains("ADMIN") ? .error : nil)
            }
        }
    }

    /// Can't configure requestMatchers after anyRequest
    private static func spring(_ repository: CheckedRepository) -> [Violation] {
        repository.code([".java", ".kt"], with: ["anyRequest"]).compactMap { code in
            guard let first = code.bare.firstIndex(where: { $0.contains(".anyRequest().") }) else { return nil }
            for index in code.bare.indices where index >= first {
                let line = code.bare[index]
                let rest =
                    index == first
                    ? line[(TextSearch.range(of: ".anyRequest().", in: line[...])?.upperBound ?? line.startIndex)...]
                    : line[...]
                let isNext = [".requestMatchers(", ".antMatchers(", ".mvcMatchers("].contains(where: rest.contains)
                if isNext {
                    return Violation(
                        file: code.path, line: index + 1,
                        "Spring ends at the start: no matcher may follow anyRequest(); move this line above line \(first + 1)",
                        severity: .error)
                }
                // The chain or the lambda ends.
                if rest.contains(";") || rest.contains("))") || rest.contains("}")
                    || rest.contains("->") && index > first
                    || rest.contains(".and()")
                {
                    return nil
                }
            }
            return nil
        }
    }
}

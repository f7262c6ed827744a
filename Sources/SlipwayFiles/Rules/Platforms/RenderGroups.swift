// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<RenderBlueprint>> {
    /// All of its variables come from there.
    static let renderMissingGroup = Rule(
        "RW092", .warning, "a service takes its variables from a group that nothing defines",
        why:
            "fromGroup names an environment group of the Blueprint, or one that somebody has made in the dashboard before. "
            + "Without it Render refuses the Blueprint, and the service has none of its variables.",
        catches: [
            "services:\n  - type: web\n    name: a\n    runtime: docker\n    envVars:\n      - fromGroup: shop-settings\n"
        ],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: docker\n    envVars:\n      - fromGroup: shop-settings\nenvVarGroups:\n  - name: shop-settings\n    envVars:\n      - key: A\n        value: b\n",
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    envVars:\n      - fromGroup: shop-settings\n",
                "DEPLOY.md": "First make the environment group `shop-settings` in the dashboard.\n",
            ],
        ]
    ) { file in
        let defined = Set((file.document.root?["envVarGroups"]?.sequence ?? []).compactMap { $0["name"]?.text })
        var seen: Set<String> = []
        return file.document.services.flatMap { $0.node["envVars"]?.sequence ?? [] }.compactMap { item in
            guard let group = item["fromGroup"]?.text, !defined.contains(group),
                !isDescribed(group, in: file.repository), seen.insert(group).inserted
            else { return nil }
            return Violation(
                line: item["fromGroup"]?.line ?? item.line,
                "no envVarGroups has \(group), and no document says to make it; add envVarGroups: with - name: \(group)"
            )
        }
    }

    private static func isDescribed(_ group: String, in repository: CheckedRepository) -> Bool {
        repository.documents.contains { entry in
            guard let text = repository.tree.text(entry.path) else { return false }
            let lower = text.lowercased()
            return text.contains(group) && (lower.contains("group") || lower.contains("dashboard"))
        }
    }
}

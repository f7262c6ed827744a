// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    private static let settings =
        "The settings name what every image must say of itself: check.labels in slipway.yml, or label-schema in "
        + ".hadolint.yaml."

    /// A stage that nothing but COPY uses is no image of its own.
    static let missingLabel = Rule(
        "DF349", .info, "a label is missing", alias: ["DL3049"], why: settings,
        catches: [
            [".hadolint.yaml": "label-schema: {foo: text}\n", "Dockerfile": "FROM debian:12\nLABEL bar=\"baz\"\n"],
            [
                ".hadolint.yaml": "label-schema: {foo: text}\n",
                "Dockerfile": "FROM debian:12 AS base\nFROM base\nLABEL foo=\"bar\"\n",
            ],
        ],
        passes: [
            [".hadolint.yaml": "label-schema: {foo: text}\n", "Dockerfile": "FROM debian:12\nLABEL foo=\"bar\"\n"],
            [
                ".hadolint.yaml": "label-schema: {foo: text}\n",
                "Dockerfile": "FROM debian:12 AS base\nLABEL foo=\"bar\"\nFROM base\n",
            ],
            [
                ".hadolint.yaml": "label-schema: {foo: text}\n",
                "Dockerfile": "FROM debian:12 AS base\nFROM debian:12\nCOPY --from=base /a /a\nLABEL foo=\"bar\"\n",
            ],
            ["Dockerfile": "FROM debian:12\n"],
        ]
    ) { file in
        let wanted = file.repository.policy.labels
        guard !wanted.isEmpty else { return [] }
        var given: [Set<String>] = []
        let copied = Set(
            file.stages.flatMap { stage in
                stage.instructions.filter { $0.keyword == "COPY" }.compactMap { $0.flag("from")?.value?.lowercased() }
            })
        return file.stages.flatMap { stage -> [Violation] in
            let own = stage.instructions.map { $0.trigger ?? $0 }.filter { $0.keyword == "LABEL" }
            let names = Set(own.flatMap { $0.pairs.map { LabelValue.plain($0.name) } })
                .union(stage.parent.map { given[$0] } ?? [])
            given.append(names)
            guard stage.name.map(copied.contains) != true else { return [] }
            return wanted.keys.sorted().filter { !names.contains($0) }.map { name in
                Violation(line: stage.from.line, "the image does not say \(name); add: LABEL \(name)=\"...\"")
            }
        }
    }

    /// Nobody reads it, or it is a slip of the pen.
    static let unknownLabel = Rule(
        "DF350", .info, "a label that the settings do not name", alias: ["DL3050"], why: settings,
        catches: [
            [
                ".hadolint.yaml": "label-schema: {foo: text}\nstrict-labels: true\n",
                "Dockerfile": "FROM debian:12\nLABEL foo=\"a\" bar=\"b\"\n",
            ]
        ],
        passes: [
            [
                ".hadolint.yaml": "label-schema: {foo: text}\n",
                "Dockerfile": "FROM debian:12\nLABEL foo=\"a\" bar=\"b\"\n",
            ]
        ]
    ) { file in
        let policy = file.repository.policy
        guard policy.allowsOnlyLabels else { return [] }
        return LabelValue.all(in: file).filter { policy.labels[$0.name] == nil }.map {
            Violation(line: $0.line, "the settings do not name \($0.name); delete it, or add it to check.labels")
        }
    }

    /// The label is there and says nothing.
    static let emptyLabel = Rule(
        "DF351", .warning, "a label is empty", alias: ["DL3051"], why: settings,
        catches: [[".hadolint.yaml": "label-schema: {foo: text}\n", "Dockerfile": "FROM debian:12\nLABEL foo=\"\"\n"]],
        passes: [[".hadolint.yaml": "label-schema: {foo: text}\n", "Dockerfile": "FROM debian:12\nLABEL foo=\"a\"\n"]]
    ) { file in
        let wanted = file.repository.policy.labels
        return LabelValue.all(in: file).filter { wanted[$0.name] == .text && $0.value.isEmpty }.map {
            Violation(line: $0.line, "\($0.name) is empty; write a value")
        }
    }

    static let urlLabel = of(
        .url, "DF352", "DL3052", "a label is no URL", good: "https://example.com/a", bad: "not-url",
        write: "https://...")
    static let timeLabel = of(
        .rfc3339, "DF353", "DL3053", "a label is no time of RFC 3339", good: "2026-03-10T10:26:33.564595127+01:00",
        bad: "not-a-time", write: "2026-01-31T12:00:00Z")
    static let licenceLabel = of(
        .spdx, "DF354", "DL3054", "a label is no licence of the SPDX list", good: "Apache-2.0 OR MIT", bad: "not-spdx",
        write: "Apache-2.0")
    static let hashLabel = of(
        .hash, "DF355", "DL3055", "a label is no commit of git", good: "2dbfae9", bad: "not-a-git-hash",
        write: "the output of: git rev-parse HEAD")
    static let versionLabel = of(
        .semver, "DF356", "DL3056", "a label is no semantic version", good: "1.2.3-rc.1", bad: "a.b", write: "1.2.3")
    static let mailLabel = of(
        .email, "DF358", "DL3058", "a label is no mail address", good: "team@example.com", bad: "not-email",
        write: "team@example.com")

    private static func of(
        _ kind: ImagePolicy.LabelKind, _ code: String, _ alias: String, _ title: String, good: String, bad: String,
        write: String
    ) -> Rule {
        func tree(_ value: String) -> RuleExample {
            RuleExample([
                ".hadolint.yaml": "label-schema: {foo: \(kind.rawValue)}\n",
                "Dockerfile": "FROM debian:12\nLABEL foo=\"\(value)\"\n",
            ])
        }
        return Rule(code, .warning, title, alias: [alias], why: settings, catches: [tree(bad)], passes: [tree(good)]) {
            file in
            let wanted = file.repository.policy.labels
            return LabelValue.all(in: file).compactMap { label in
                guard wanted[label.name] == kind, !label.value.contains("$"), !LabelValue.fits(label.value, kind) else {
                    return nil
                }
                return Violation(line: label.line, "\(label.name) is \(label.value); write: \(write)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Whoever owns the registry decides what runs.
    static let trustedRegistry = Rule(
        "DF326", .error, "a base image from a registry that is not trusted", alias: ["DL3026"],
        why: "Whoever owns the registry decides what runs. The settings name those that are trusted: "
            + "check.trusted-registries in slipway.yml, or trustedRegistries in .hadolint.yaml.",
        catches: [
            [".hadolint.yaml": "trustedRegistries: [docker.io]\n", "Dockerfile": "FROM random.com/debian\n"],
            [".hadolint.yaml": "trustedRegistries: ['*.example.com']\n", "Dockerfile": "FROM debian:12\n"],
        ],
        passes: [
            [".hadolint.yaml": "trustedRegistries: [docker.io]\n", "Dockerfile": "FROM debian:12\n"],
            [".hadolint.yaml": "trustedRegistries: [x.com]\n", "Dockerfile": "FROM x.com/debian AS a\nFROM a\n"],
            [".hadolint.yaml": "trustedRegistries: [x.com]\n", "Dockerfile": "FROM scratch\n"],
            [
                ".hadolint.yaml": "trustedRegistries: ['*.example.com']\n",
                "Dockerfile": "FROM a.example.com/debian:12\n",
            ],
            ["Dockerfile": "FROM random.com/debian\n"],
        ]
    ) { file in
        let policy = file.repository.policy
        guard !policy.trustedRegistries.isEmpty else { return [] }
        let scope = file.reading.file.globalScope()
        return file.stages.compactMap { stage in
            guard stage.parent == nil else { return nil }
            let base = scope.expand(stage.base, escape: file.reading.file.escape).text
            guard base != "scratch", !base.contains("$"), !policy.trusts(ImageName(base)) else { return nil }
            return Violation(
                line: stage.from.line,
                "\(base) comes from a registry that nobody trusts; take it from: "
                    + policy.trustedRegistries.joined(separator: ", "))
        }
    }
}

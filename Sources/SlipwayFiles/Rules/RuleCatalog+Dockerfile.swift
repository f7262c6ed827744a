// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let dockerfile: [Rule<CheckedDockerfile>] = [
        .absoluteWorkdir
    ]

    static let dockerIgnore: [Rule<CheckedFile<DockerIgnore>>] = [
        .nestedSecrets
    ]
}

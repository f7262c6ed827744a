// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a team asks of its images: where they may come from, and which labels they carry.
package struct ImagePolicy: Equatable, Sendable {
    /// What a label's value must be; the names are hadolint's.
    package enum LabelKind: String, CaseIterable, Sendable {
        case text, url, rfc3339, spdx, hash, semver, email
    }

    /// `ghcr.io`, `*.example.com`; `docker.io` is Docker Hub. Empty when every registry is trusted.
    package var trustedRegistries: [String] = []
    /// Labels that every stage must have, by name.
    package var labels: [String: LabelKind] = [:]
    /// Whether there may be no other label.
    package var allowsOnlyLabels = false

    package init() {}

    /// Where hadolint keeps its settings.
    package static let foreignFiles = [".hadolint.yaml", ".hadolint.yml"]

    /// Reads hadolint's settings; what it cannot read it leaves out, because the file is another tool's.
    package init(hadolint text: String) {
        let root = YAMLDocument(parsing: text).root
        trustedRegistries = (root?["trustedRegistries"]?.sequence ?? []).compactMap(\.text)
        for entry in root?["label-schema"]?.mapping?.entries ?? [] {
            if let kind = entry.value.text.flatMap({ LabelKind(rawValue: $0) }) { labels[entry.key] = kind }
        }
        allowsOnlyLabels = root?["strict-labels"]?.bool ?? false
    }

    /// This policy, and of the other what this one leaves open.
    package func completed(by other: ImagePolicy) -> ImagePolicy {
        var result = self
        if result.trustedRegistries.isEmpty { result.trustedRegistries = other.trustedRegistries }
        if result.labels.isEmpty {
            result.labels = other.labels
            result.allowsOnlyLabels = other.allowsOnlyLabels
        }
        return result
    }

    /// Whether an image may be taken from where its name says.
    func trusts(_ image: ImageName) -> Bool {
        guard !trustedRegistries.isEmpty else { return true }
        let names = image.registry.isEmpty ? ["docker.io", "hub.docker.com"] : [image.registry]
        return trustedRegistries.contains { pattern in
            if pattern == "*" { return true }
            if pattern.hasPrefix("*") { return names.contains { $0.hasSuffix(pattern.dropFirst()) } }
            if pattern.hasSuffix("*") { return names.contains { $0.hasPrefix(pattern.dropLast()) } }
            return names.contains(pattern)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR007. ENV and ARG stay readable in the image's configuration and history.
    static let secretsInConfiguration = ProofRule(
        "PR007", .image, "no image carries a secret in its environment, arguments or labels"
    ) { trial in
        trial.images.map { image in
            let variables = image.facts.at("Config", "Env")?.texts ?? []
            let labels = (image.facts.at("Config", "Labels")?.mapping?.entries ?? []).map {
                "\($0.key)=\($0.value.text ?? "")"
            }
            var found: [String] = []
            for text in variables + labels + image.instructions where carriesSecret(text, trial) {
                found.append(String(text.prefix { $0 != "=" }.prefix(80)))
            }
            for text in variables where looksSecret(text) { found.append(String(text.prefix { $0 != "=" })) }
            let unique = Array(Set(found)).sorted()
            return .verdict(
                unique.isEmpty, service: image.build.service, value: "\(unique.count) names", limit: "0 names",
                evidence: unique.isEmpty ? ["\(variables.count) variables looked at"] : unique,
                diagnosis: "leave it out of ENV and ARG; give it when the container starts")
        }
    }

    private static func carriesSecret(_ text: String, _ trial: Trial) -> Bool {
        trial.values.hidden.contains { text.contains($0.reveal()) } || text.contains(trial.canary)
    }

    /// `SECRET_KEY=changeme` as much as a random value: a default secret is worse than none.
    private static func looksSecret(_ text: String) -> Bool {
        guard let equals = text.firstIndex(of: "=") else { return false }
        let name = text[..<equals].uppercased()
        let value = text[text.index(after: equals)...]
        let words = ["PASSWORD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY", "ACCESS_KEY"]
        // GPG_KEY is a public fingerprint that official images set.
        return value.count > 3 && !value.hasPrefix("/") && words.contains { name.contains($0) }
            && !name.hasSuffix("_FILE") && !name.contains("EXPIRE")
    }
}

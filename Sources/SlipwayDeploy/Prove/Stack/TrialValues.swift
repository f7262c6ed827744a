// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Values that an application is proven with: made up, so that no real secret ever enters a proof.
package struct TrialValues: Sendable {
    /// By name.
    package private(set) var values: [String: String] = [:]
    /// Those that must appear nowhere: in no layer, no log, no answer.
    package private(set) var secrets: Set<String> = []

    /// - Parameters:
    ///   - compose: The file's text, which says what it interpolates.
    ///   - example: What the repository's own template suggests.
    package init(application: AppSpec, compose: String, example: [String: String]) {
        let contract = Dictionary(application.variables.map { ($0.name, $0) }) { first, _ in first }
        let references = ComposeFile(parsing: compose).references.map(\.reference)
        for reference in references where values[reference.name] == nil {
            let variable = contract[reference.name]
            if reference.hasDefault, variable?.required != true { continue }
            set(reference.name, variable, example[reference.name])
        }
        for variable in application.variables where variable.required && values[variable.name] == nil {
            set(variable.name, variable, example[variable.name])
        }
        // Optional secrets are given too: what is set must not leak either.
        for variable in application.variables where variable.secret && values[variable.name] == nil {
            guard references.contains(where: { $0.name == variable.name }) else { continue }
            set(variable.name, variable, nil)
        }
    }

    private mutating func set(_ name: String, _ variable: Variable?, _ suggested: String?) {
        let words = name.uppercased().split(separator: "_")
        let isSecret =
            variable?.secret ?? words.contains { ["PASSWORD", "SECRET", "TOKEN", "SALT", "KEY"].contains($0) }
        let isAddress = words.contains("URL") || words.contains("URI") || words.contains("DSN")
        if isSecret, !isAddress {
            values[name] = RandomToken.hex(bytes: 32)
            secrets.insert(name)
        } else if let suggested, !suggested.isEmpty, !suggested.contains("<"), !isSecret {
            values[name] = suggested
        } else {
            values[name] = Self.plain(name, words, variable?.kind)
        }
    }

    private static func plain(_ name: String, _ words: [Substring], _ kind: Variable.Kind?) -> String {
        switch kind {
        case .integer, .number, .duration: return "1"
        case .boolean: return "false"
        case .list: return "[]"
        case .json: return "{}"
        case .url: return "http://localhost"
        case .string, nil: break
        }
        if words.contains("PORT") { return "8080" }
        if words.contains("URL") || words.contains("ORIGIN") || words.contains("ORIGINS") { return "http://localhost" }
        if words.contains("EMAIL") { return "trial@example.com" }
        if words.contains("DOMAIN") || words.contains("HOST") { return "localhost" }
        return "trial-\(name.lowercased().split(separator: "_").joined(separator: "-"))"
    }

    /// As a dotenv file that Compose reads.
    package var dotenv: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    /// As values that output must not show.
    package var hidden: [Secret] { secrets.sorted().compactMap { values[$0] }.map { Secret($0) } }
}

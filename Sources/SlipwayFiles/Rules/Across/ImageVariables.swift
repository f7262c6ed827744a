// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What ENV and ARG of an image say, put in the place of the names.
struct ImageVariables {
    /// A long name first, so that `$APP` does not take the beginning of `$APP_HOME`.
    private var values: [(name: String, value: String)] = []

    init(_ instructions: [DockerfileInstruction]) {
        for instruction in instructions where ["ENV", "ARG"].contains(instruction.keyword) {
            for (name, value) in instruction.pairs {
                guard let value, !value.isEmpty, !name.isEmpty else { continue }
                let known = expanded(value.filter { $0 != "\"" && $0 != "'" })
                values.removeAll { $0.name == name }
                values.append((name, known))
            }
        }
        values.sort { $0.name.utf8.count > $1.name.utf8.count }
    }

    func expanded(_ text: String) -> String {
        guard !values.isEmpty, text.contains("$") else { return text }
        return values.reduce(text) { text, pair in
            text.replacing("${\(pair.name)}", with: pair.value).replacing("$\(pair.name)", with: pair.value)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a switch of the code must say where visitors come, when its default is made for a developer's machine.
enum ProductionValue {
    /// - Returns: `nil` when the code's own default is right.
    static func of(_ variable: Variable) -> String? {
        if let production = variable.production { return production }
        guard let value = variable.default, let advice = DebugMode.advice(variable.name, value),
            let equals = advice.firstIndex(of: "=")
        else { return nil }
        switch value {
        case "True": return "False"
        case "1": return "0"
        case "yes": return "no"
        case "on": return "off"
        default: return String(advice[advice.index(after: equals)...])
        }
    }
}

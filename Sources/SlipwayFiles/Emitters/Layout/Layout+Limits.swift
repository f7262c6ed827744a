// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Layout {
    /// Largest request body in nginx's notation: 100 MB as in the embedded engine, or what the application itself says
    /// that it takes, with a tenth more for the other parts of a form.
    package var bodyLimit: String {
        let stated = app.variables.compactMap { variable -> Int? in
            guard variable.name.contains("UPLOAD") || variable.name.contains("BODY"), variable.name.hasSuffix("_MB")
            else {
                return nil
            }
            return variable.default.flatMap(Int.init)
        }
        return "\(max(100, (stated.max() ?? 0) * 11 / 10))m"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Double quotes with a backslash before what they would end or change, as nginx and systemd read them.
enum DoubleQuotes {
    static func around(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

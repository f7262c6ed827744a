// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One finding on one line: `warning[EN001] server/app.py:12: message`.
enum DiagnosticText {
    static func line(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.file.map { file in diagnostic.line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
        return "\(diagnostic.severity.rawValue)[\(diagnostic.code)] \(place)\(diagnostic.message)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// One finding on one line: `warning[EN001] server/app.py:12: message`.
enum DiagnosticText {
    static func line(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.file.map { file in diagnostic.line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
        return "\(diagnostic.severity.rawValue)[\(diagnostic.code)] \(place)\(diagnostic.message)"
    }
}

extension AppSpec {
    /// What most likely keeps the application from starting, one line each: said before anything starts.
    /// - Parameter inContainers: Whether servers are found by their names, as in a Compose project.
    func startRemarks(inContainers: Bool) -> [String] {
        // A cache asks for no account: where the code has its very name, it is found.
        let met = resources.filter {
            inContainers && [.redis, .valkey].contains($0.kind) && $0.fixedAddress?.host == $0.name
        }.compactMap { $0.fixedAddress?.place }
        return diagnostics.filter { remark in
            switch remark.code {
            case FixedAddress.code: !met.contains("\(remark.file ?? ""):\(remark.line ?? 0)")
            case NeededPackages.code: true
            default: false
            }
        }.map(DiagnosticText.line)
    }
}

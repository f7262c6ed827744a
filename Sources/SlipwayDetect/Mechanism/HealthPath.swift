// SPDX-License-Identifier: Apache-2.0

/// Which of an application's paths tells whether it works.
enum HealthPath {
    /// Usual last segments, best first. `/health` is the most common in public repositories by far.
    private static let names = [
        "health", "healthz", "healthcheck", "health-check", "health_check", "_health", "livez", "live", "liveness",
        "alive", "readyz", "ready", "readiness", "ping", "heartbeat", "up", "status",
    ]

    /// Lower is better; `nil` when the path is not about health. Paths with parameters never are.
    static func rank(_ path: String) -> Int? {
        let parts = path.lowercased().split(separator: "/")
        guard let last = parts.last, !path.contains("{"), !path.contains("<"), !path.contains(":"), !path.contains("*")
        else { return nil }
        if let place = names.firstIndex(of: String(last)) { return place * 10 + parts.count }
        // `/health/ready`, `/health/db`
        if parts.dropLast().contains(where: { $0 == "health" || $0 == "healthz" || $0 == "healthcheck" }) {
            return 300 + parts.count
        }
        return nil
    }
}

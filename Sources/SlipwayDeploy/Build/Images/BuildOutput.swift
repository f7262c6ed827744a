// SPDX-License-Identifier: Apache-2.0

/// Reads BuildKit's plain progress: `#7 [builder 2/5] RUN ...`, `#7 CACHED`, `#7 DONE 1.2s`, `#7 ERROR: ...`.
struct BuildOutput: Equatable, Sendable {
    enum Event: Equatable, Sendable {
        case started(String)
        case reused(String)
        case done(String, seconds: Double)
        case failed(String, reason: String)
    }

    private var names: [Substring: String] = [:]
    private(set) var stepCount = 0
    private(set) var reusedCount = 0

    /// - Returns: What the line means; `nil` for a step's own output.
    mutating func read(_ line: String) -> Event? {
        guard line.hasPrefix("#") else { return nil }
        let parts = line.dropFirst().split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].allSatisfy(\.isNumber) else { return nil }
        let (number, rest) = (parts[0], parts[1])
        if let name = names[number] {
            if rest == "CACHED" {
                reusedCount += 1
                return .reused(name)
            }
            if rest.hasPrefix("DONE ") {
                return .done(name, seconds: Double(rest.dropFirst(5).dropLast()) ?? 0)
            }
            if rest.hasPrefix("ERROR") {
                return .failed(name, reason: String(rest.dropFirst("ERROR: ".count)))
            }
            return nil
        }
        // `[internal] load build context` and the like are BuildKit's own.
        guard rest.hasPrefix("["), !rest.hasPrefix("[internal]") else { return nil }
        let name = String(rest)
        names[number] = name
        stepCount += 1
        return .started(name)
    }
}

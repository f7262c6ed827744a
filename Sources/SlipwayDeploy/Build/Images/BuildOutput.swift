// SPDX-License-Identifier: Apache-2.0

/// Reads BuildKit's plain progress: `#7 [builder 2/5] RUN ...`, `#7 CACHED`, `#7 DONE 1.2s`, `#7 ERROR: ...`; and
/// Podman's: `[1/2] STEP 2/5: RUN ...`, `--> Using cache 0a1b...`, `--> 0a1b...`.
struct BuildOutput: Sendable {
    enum Event: Equatable, Sendable {
        case started(String)
        case reused(String)
        case done(String, seconds: Double)
        case failed(String, reason: String)
    }

    private var names: [Substring: String] = [:]
    /// The step that Podman is at, and when it began.
    private var current: (name: String, begin: Double)?
    private(set) var stepCount = 0
    private(set) var reusedCount = 0

    /// - Parameter seconds: Since the build began.
    /// - Returns: What the line means; `nil` for a step's own output.
    mutating func read(_ line: String, after seconds: Double) -> Event? {
        line.hasPrefix("#") ? readBuildKit(line) : readPodman(line, after: seconds)
    }

    private mutating func readPodman(_ line: String, after seconds: Double) -> Event? {
        if let current, line.hasPrefix("--> ") {
            self.current = nil
            if line.hasPrefix("--> Using cache ") {
                reusedCount += 1
                return .reused(current.name)
            }
            return .done(current.name, seconds: max(0, seconds - current.begin))
        }
        if let current, line.hasPrefix("Error: building at STEP ") {
            self.current = nil
            return .failed(current.name, reason: String(line.split(separator: ": ").last ?? ""))
        }
        let step = line.hasPrefix("[") ? line.drop { $0 != " " }.dropFirst() : line[...]
        guard step.hasPrefix("STEP "), step.dropFirst(5).first?.isNumber == true, step.contains(": ") else {
            return nil
        }
        current = (line, seconds)
        stepCount += 1
        return .started(line)
    }

    private mutating func readBuildKit(_ line: String) -> Event? {
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

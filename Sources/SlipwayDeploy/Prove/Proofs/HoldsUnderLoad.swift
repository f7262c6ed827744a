// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR035. Without a limit one service takes the memory of all others; with one too small it is killed in the night.
    static let holdsUnderLoad = ProofRule("PR035", .running, "memory stays under its limit while requests are answered")
    { trial in
        var measurements: [Measurement] = []
        for unit in trial.servers {
            guard let facts = try await trial.stack.container(unit.name),
                let port = try await trial.stack.address(of: unit.name)
            else { continue }
            let path = trial.healthPath(of: unit) ?? "/"
            let (latencies, failures) = await load(path, port: port)
            let process = facts.processIdentifier
            let root = "/proc/\(process)/root/sys/fs/cgroup"
            let answer = try await trial.stack.observe(
                "cat \(root)/memory/memory.max_usage_in_bytes 2>/dev/null || cat \(root)/memory.peak 2>/dev/null; true")
            let peak = answer.lines.first.flatMap { Int($0) }
            trial.load.set(unit.name, peak: peak, latencies: latencies)
            let now = try await trial.stack.container(unit.name)
            let limit = facts.memoryLimit
            let isFine = limit > 0 && now?.wasOutOfMemory != true && (peak ?? 0) < limit && failures == 0
            let middle = latencies.isEmpty ? 0 : latencies[latencies.count / 2]
            measurements.append(
                .verdict(
                    isFine, service: unit.name,
                    value:
                        "peak \(peak.map(Figure.bytes) ?? "not seen"), \(latencies.count) requests, median \(Int(middle.rounded())) ms, \(failures) failed",
                    limit: limit > 0 ? Figure.bytes(limit) : "no limit is set",
                    evidence: [
                        "GET \(path) from 16 clients for 3 s",
                        "ended for memory: \(now?.wasOutOfMemory == true ? "yes" : "no")",
                    ],
                    diagnosis: limit > 0
                        ? "raise the limit, or start fewer workers"
                        : "set deploy.resources.limits.memory (or mem_limit) for \(unit.name)"))
        }
        return measurements
    }

    /// - Returns: Milliseconds of those that were answered, and how many were not.
    private static func load(_ path: String, port: UInt16) async -> ([Double], Int) {
        let end = SystemClock.steady.now + .seconds(3)
        return await withTaskGroup(of: ([Double], Int).self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var (times, failures) = ([Double](), 0)
                    while SystemClock.steady.now < end {
                        let reply = await HTTPCall("GET", path, port: port, deadline: .seconds(10)).perform()
                        if let reply, reply.status < 500 {
                            times.append(reply.duration.seconds * 1000)
                        } else {
                            failures += 1
                        }
                    }
                    return (times, failures)
                }
            }
            var all: ([Double], Int) = ([], 0)
            for await part in group { all = (all.0 + part.0, all.1 + part.1) }
            return (all.0.sorted(), all.1)
        }
    }
}

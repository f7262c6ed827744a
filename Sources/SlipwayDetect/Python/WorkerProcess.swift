// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The process type of a worker's command, so that a queue found in the code and the same queue named in a Compose file
/// or a Procfile are one service.
enum WorkerProcess {
    private static let programs: Set<String> = [
        "rq", "rqworker", "arq", "dramatiq", "huey_consumer", "huey_consumer.py", "run_huey", "qcluster",
        "rundramatiq", "saq",
    ]

    /// - Parameter given: The name that the file gives the process; kept where the command says no more.
    static func name(of command: String, given: String) -> String {
        let words = command.split { " \t\"'[],".contains($0) }.map(String.init)
        if words.contains("celery") {
            if words.contains("beat") { return "beat" }
            return words.contains("worker") && !hasQueues(words) ? "worker" : given
        }
        if words.contains(where: { programs.contains($0.lastPathComponent) }) { return "worker" }
        guard let python = words.firstIndex(where: { $0.lastPathComponent.hasPrefix("python") }) else { return given }
        let target = words[(python + 1)...].first { !$0.hasPrefix("-") }
        let stem = target.map { $0.hasSuffix(".py") ? String($0.dropLast(3)).lastPathComponent : $0 }?
            .split(separator: ".").last.map(String.init)
        return stem == "worker" || stem == "workers" || stem?.hasSuffix("_worker") == true ? "worker" : given
    }

    /// Workers for some queues only: there are several, each with its own name.
    static func hasQueues(_ words: [String]) -> Bool {
        words.contains { $0 == "-Q" || $0.hasPrefix("--queues") || $0 == "--hostname" || $0 == "-n" }
    }
}

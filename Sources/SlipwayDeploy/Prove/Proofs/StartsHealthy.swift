// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR010. What is not healthy soon is restarted by every platform, forever.
    static let startsHealthy = ProofRule("PR010", .running, "every service is healthy soon after its start") { trial in
        guard let start = trial.start else { return [.skip("nothing was started")] }
        return start.services.map { service in
            let limit = trial.limits.start
            let hasCheck = service.facts.health != nil
            let isTask = trial.project.tasks.contains { $0.name == service.name }
            guard let ready = service.ready else {
                return Measurement(
                    .fail, service: service.name,
                    value: "\(service.facts.status), \(service.facts.health ?? "exit code \(service.facts.exitCode)")",
                    limit: Figure.seconds(limit),
                    evidence: Array(
                        (start.complaint.suffix(3) + service.lastLines.suffix(15)).map { trial.redact($0) }),
                    diagnosis: StartDiagnosis.cause(service))
            }
            let value = Figure.seconds(ready) + (isTask ? " until it had ended" : hasCheck ? "" : " until it ran")
            return .verdict(
                ready <= limit, service: service.name, value: value, limit: Figure.seconds(limit),
                evidence: hasCheck ? ["health check: \(service.facts.healthTest.joined(separator: " "))"] : [],
                diagnosis: "a start of more than \(Figure.seconds(limit)) needs a longer start period on every platform"
            )
        }
    }
}

/// Why a service did not come up, from what it left.
enum StartDiagnosis {
    static func cause(_ service: TrialStart.Service) -> String {
        let text = service.lastLines.joined(separator: "\n")
        if service.facts.wasOutOfMemory { return "it was ended because it needed more memory than its limit" }
        if service.facts.status == "created" { return "it waited for another service that did not become healthy" }
        if text.contains("EACCES") || text.contains("Permission denied") || text.contains("PermissionError") {
            return "its user may not write where it writes: give it the folder with COPY --chown or a volume"
        }
        if text.contains("Read-only file system") {
            return "it writes outside its volumes: declare a volume or a tmpfs"
        }
        if text.contains("ModuleNotFoundError") || text.contains("Cannot find module") {
            return "a dependency is missing in the image: is it in the production requirements, is its folder copied"
        }
        if text.contains("executable file not found") || text.contains("exec format error")
            || text.contains("not found")
        {
            return "the start command does not exist in the image, or is for another system"
        }
        if text.contains("could not translate host name") || text.contains("Connection refused")
            || text.contains("ECONNREFUSED")
        {
            return "it cannot reach a service it needs: wait for it with depends_on and condition: service_healthy"
        }
        if service.facts.health == "unhealthy" || service.facts.health == "starting" {
            let last = service.facts.healthLog.last.flatMap { $0["Output"]?.text } ?? ""
            return "it runs, but its health check fails: \(last.prefix(200))"
        }
        return "it ended by itself; its last lines are above"
    }
}

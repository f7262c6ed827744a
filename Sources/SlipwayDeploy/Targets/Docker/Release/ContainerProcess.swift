// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The process that stands for a container: it starts it, hands its output on, ends with it and ends it. Pure.
struct ContainerProcess: Sendable {
    /// Docker's own for `docker stop`.
    static let usualGrace = Duration.seconds(10)
    /// A container on a busy machine starts in seconds, and an interpreter in it in some more.
    private static let readyDeadline = Duration.seconds(120)
    /// For an engine that is busy when a container is to end.
    private static let slack = Duration.seconds(10)
    /// `docker start --attach` would hand on a signal that `docker stop` sends as well, and to many programs the second
    /// one means: now.
    private static let script = """
        name=$1 grace=$2
        docker start "$name" >/dev/null || exit 125
        trap 'docker stop --time "$grace" "$name" >/dev/null 2>&1' TERM INT HUP
        since=$(docker inspect --format '{{.State.StartedAt}}' "$name")
        docker logs --follow --since "$since" "$name" &
        wait "$!"
        code=$(docker wait "$name") || code=1
        exit "${code:-1}"
        """

    /// As the engine names it: `server@3`.
    let name: String
    let container: String
    let service: Service
    /// Where it is reached on this machine.
    let port: UInt16?
    var grace = Self.usualGrace
    /// PATH, HOME, and how the container engine is reached.
    let environment: [String: String]
    let directory: String

    var spec: ProcessSpec {
        let seconds = max(grace.components.seconds, 1)
        return ProcessSpec(
            name: name, executable: "/bin/sh",
            arguments: ["-c", Self.script, "slipway-container", container, "\(seconds)"],
            environment: ProcessEnvironment(environment), directory: directory, probe: probe, port: port,
            // At half of it the guard turns to the process's children, which are Docker's commands.
            grace: (grace + Self.slack) * 2)
    }

    private var probe: Probe {
        guard let port, let path = service.healthPath else { return Probe(.uptime(.seconds(1))) }
        return Probe(
            .http(port: port, path: path.hasPrefix("/") ? path : "/" + path), deadline: Self.readyDeadline)
    }

    /// `90s`, `1m30s`, `500ms` as Compose writes durations; `nil` for what is none.
    static func duration(_ text: String) -> Duration? {
        var total = Duration.zero
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber }
            guard let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "h": total += .seconds(number * 3600)
            case "m": total += .seconds(number * 60)
            case "s": total += .seconds(number)
            case "ms": total += .milliseconds(number)
            case "us", "ns": break
            default: return nil
            }
        }
        return total
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayHost

/// One thing that a target needs, and whether this machine has it.
public struct DoctorFinding: Codable, Equatable, Sendable {
    /// `local`, `docker`, `ssh`, `swarm`, `kubernetes`, `fly`.
    public let target: String
    /// `docker engine`, `postgres`.
    public let need: String
    /// Whether it is there and works.
    public let isThere: Bool
    /// Version or address; what was tried when it is missing.
    public let found: String
    /// How to get it; empty when it is there.
    public let remedy: String
}

/// Looks what this machine has for each target.
package struct Doctor: Sendable {
    private struct Tool {
        let target: String
        let need: String
        let program: String
        let arguments: [String]
        /// What the first line must be, where answering at all is not enough.
        var expected: String?
        let remedy: String
    }

    private static let tools = [
        Tool(
            target: "local", need: "python", program: "python3", arguments: ["--version"],
            remedy: "apt-get install python3 python3-venv"),
        Tool(
            target: "local", need: "node", program: "node", arguments: ["--version"],
            remedy: "https://nodejs.org, or apt-get install nodejs npm"),
        Tool(
            target: "local", need: "postgres", program: "postgres", arguments: ["--version"],
            remedy: "apt-get install postgresql"),
        Tool(
            target: "local", need: "redis", program: "redis-server", arguments: ["--version"],
            remedy: "apt-get install redis-server"),
        Tool(
            target: "docker", need: "docker command", program: "docker", arguments: ["--version"],
            remedy: "https://docs.docker.com/engine/install/, or apt-get install docker.io"),
        Tool(
            target: "docker", need: "docker engine", program: "docker",
            arguments: ["version", "--format", "{{.Server.Version}}"],
            remedy:
                "systemctl start docker; DOCKER_HOST and docker context ls say which engine is asked; in this project's own checkout: scripts/lab up"
        ),
        Tool(
            target: "docker", need: "buildx", program: "docker", arguments: ["buildx", "version"],
            remedy: "apt-get install docker-buildx-plugin (docker.com) or docker-buildx (Debian 13)"),
        Tool(
            target: "docker", need: "compose", program: "docker", arguments: ["compose", "version", "--short"],
            remedy: "apt-get install docker-compose-plugin (docker.com) or docker-compose (Debian 13)"),
        Tool(
            target: "docker", need: "vulnerability scanner (optional)", program: "trivy", arguments: ["--version"],
            remedy: "https://trivy.dev"),
        Tool(target: "ssh", need: "ssh", program: "ssh", arguments: ["-V"], remedy: "apt-get install openssh-client"),
        Tool(
            target: "swarm", need: "swarm mode", program: "docker",
            arguments: ["info", "--format", "{{.Swarm.LocalNodeState}}"], expected: "active",
            remedy: "docker swarm init"),
        Tool(
            target: "kubernetes", need: "kubectl", program: "kubectl", arguments: ["version", "--client"],
            remedy: "https://kubernetes.io/docs/tasks/tools/"),
        Tool(
            target: "kubernetes", need: "cluster", program: "kubectl", arguments: ["get", "--raw", "/readyz"],
            remedy: "kubectl config use-context NAME"),
        Tool(
            target: "fly", need: "flyctl", program: "flyctl", arguments: ["version"],
            remedy: "https://fly.io/docs/flyctl/install/"),
    ]

    private let runner: any CommandRunner

    package init(runner: any CommandRunner = LocalRunner()) { self.runner = runner }

    /// All targets, in the order of the list; each question has ten seconds.
    package func examine() async -> [DoctorFinding] {
        await withTaskGroup(of: (Int, DoctorFinding).self) { group in
            for (place, tool) in Self.tools.enumerated() { group.addTask { (place, await look(tool)) } }
            var found: [(Int, DoctorFinding)] = []
            for await finding in group { found.append(finding) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func look(_ tool: Tool) async -> DoctorFinding {
        func finding(_ isThere: Bool, _ found: String) -> DoctorFinding {
            DoctorFinding(
                target: tool.target, need: tool.need, isThere: isThere, found: found, remedy: isThere ? "" : tool.remedy
            )
        }
        do {
            let result = try await runner.run(Command(tool.program, tool.arguments, deadline: .seconds(10)))
            let line = result.lines.map(\.text).first { !$0.isEmpty } ?? ""
            let isThere = result.succeeded && (tool.expected.map { $0 == line } ?? true)
            return finding(isThere, String(line.prefix(120)))
        } catch let error as SlipwayError {
            return finding(false, error.code == .timedOut ? "no answer within ten seconds" : "not installed")
        } catch {
            return finding(false, "\(error)")
        }
    }
}

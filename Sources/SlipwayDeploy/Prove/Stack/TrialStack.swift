// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost
import Synchronization

/// The application, running in the engine for one proof.
final class TrialStack: Sendable {
    /// From the first container to the last healthy one; images are there already.
    static let startDeadline = Duration.seconds(240)

    let docker: Docker
    let owner: TrialOwner
    let project: ComposeProject
    /// Where the application's own services answer HTTP inside their containers.
    let webPorts: [String: UInt16]
    private let folder: String
    private let file: String
    private let observerName = Mutex<String?>(nil)

    /// - Parameter file: Absolute path of the model.
    init(
        docker: Docker, owner: TrialOwner, project: ComposeProject, webPorts: [String: UInt16], folder: String,
        file: String
    ) {
        self.webPorts = webPorts
        self.docker = docker
        self.owner = owner
        self.project = project
        self.folder = folder
        self.file = file
    }

    func compose(_ words: [String], deadline: Duration = .seconds(120)) async throws -> DockerAnswer {
        try await docker.answer(
            ["compose", "--project-name", owner.project, "--project-directory", folder, "--file", file] + words,
            directory: folder, deadline: deadline)
    }

    /// The containers of the project itself, without one-off runs.
    func containers() async throws -> [ContainerFacts] {
        let list = try await docker.text(
            ["ps", "--all", "--no-trunc", "--quiet", "--filter", "label=\(TrialOwner.label)=\(owner.project)"])
        let names = list.split(whereSeparator: \.isWhitespace).map(String.init)
        guard !names.isEmpty else { return [] }
        let answer = try await docker.answer(["inspect", "--type", "container"] + names)
        let root = JSONDocument(parsing: answer.output).root
        return (root?.sequence ?? []).map(ContainerFacts.init).filter { !$0.service.isEmpty && !$0.isOneOff }
            .sorted { $0.service < $1.service }
    }

    func container(_ service: String) async throws -> ContainerFacts? {
        try await containers().first { $0.service == service }
    }

    func inspect(_ identifier: String) async throws -> ContainerFacts? {
        let answer = try await docker.answer(["inspect", "--type", "container", identifier])
        return JSONDocument(parsing: answer.output).root?[0].map(ContainerFacts.init)
    }

    /// The last lines that a container wrote.
    func logs(_ identifier: String, last: Int = 40) async throws -> [String] {
        try await docker.answer(["logs", "--tail", "\(last)", identifier]).lines
    }

    /// Waits until a condition on one container holds.
    /// - Returns: The container as it was then, or `nil` at the deadline.
    func wait(
        for service: String, within limit: Duration, until condition: (ContainerFacts) -> Bool
    ) async throws -> (facts: ContainerFacts, after: Duration)? {
        let start = SystemClock.steady.now
        while SystemClock.steady.now < start + limit {
            if let facts = try await container(service), condition(facts) {
                return (facts, SystemClock.steady.now - start)
            }
            try await SystemClock.steady.sleep(for: .milliseconds(150))
        }
        return nil
    }

    /// Runs a shell text in a container.
    /// - Parameter user: `nil` for the container's own.
    func shell(_ text: String, in identifier: String, user: String? = nil) async throws -> DockerAnswer {
        let who = user.map { ["--user", $0] } ?? []
        return try await docker.answer(["exec"] + who + [identifier, "sh", "-c", text], deadline: .seconds(30))
    }

    /// Runs a shell text where every process of the engine's machine is seen, as root: images without a shell are
    /// looked into from there, and signals are sent that no container can send to its own first process.
    func observe(_ text: String) async throws -> DockerAnswer {
        let name = try await observer()
        return try await docker.answer(["exec", name, "sh", "-c", text], deadline: .seconds(30))
    }

    private func observer() async throws -> String {
        if let name = observerName.withLock({ $0 }) { return name }
        let name = "\(owner.project)-observer"
        let facts = try await containers()
        // Databases' images have a shell; what we build may have none.
        let images = facts.sorted { left, _ in project[left.service]?.resource != nil }.map(\.image)
        var last: [String] = []
        for image in images {
            var words = ["run", "--detach", "--name", name, "--pid", "host", "--network", "none", "--user", "0"]
            words += ["--cap-add", "SYS_PTRACE", "--entrypoint", "sh", "--no-healthcheck"]
            for (key, value) in owner.labelTexts.sorted(by: { $0.key < $1.key }) {
                words += ["--label", "\(key)=\(value)"]
            }
            let answer = try await docker.answer(words + [image, "-c", "while :; do sleep 60; done"])
            if answer.succeeded {
                observerName.withLock { $0 = name }
                return name
            }
            last = answer.errors
            _ = try await docker.answer(["rm", "--force", name])
        }
        throw SlipwayError(.dockerFailed, "no image of the application has a shell to look from", details: last)
    }

    /// Process ids on the engine's machine, the container's first one first.
    func processes(of container: ContainerFacts) async throws -> [Int] {
        let answer = try await docker.answer(["top", container.identifier, "-eo", "pid"])
        let found = answer.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        return [container.processIdentifier].filter { $0 > 0 }
            + found.filter { $0 != container.processIdentifier }.sorted()
    }

    func signal(_ name: String, to processes: [Int]) async throws {
        guard !processes.isEmpty else { return }
        _ = try await observe("kill -\(name) \(processes.map(String.init).joined(separator: " ")) 2>/dev/null; true")
    }
}

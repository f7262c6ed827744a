// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost
import Synchronization

/// Brings images that were built to where they run: through a registry, or straight to a host over ssh.
package struct ImageDelivery: Sendable {
    /// What was brought for one image.
    package struct Sent: Codable, Equatable, Sendable {
        package let image: String
        /// `127.0.0.1:5000/shop/api@sha256:...`, or `ssh://host`.
        package let destination: String
        /// Layers that the host lacked; 0 through a registry, which counts by itself.
        package let sentLayers: Int
        package let layers: Int
        /// Of the archive; 0 through a registry.
        package let sentBytes: Int
    }

    /// Before the second and the third attempt.
    private static let pauses: [Duration] = [.seconds(1), .seconds(5)]
    private static let deadline = Duration.seconds(30 * 60)

    private let docker: Docker
    /// For the archive on its way; emptied again.
    private let folder: FileStore
    private let report: DeployEventHandler

    /// - Parameter folder: Absolute path.
    package init(docker: Docker = Docker(), folder: String, report: @escaping DeployEventHandler) {
        self.docker = docker
        self.folder = FileStore(root: folder)
        self.report = report
    }

    /// Pushes all tags of an image.
    /// - Parameter prefix: The registry and the folder in it: `ghcr.io/acme`.
    /// - Throws: ``SlipwayError`` `docker-failed` with the registry's words.
    package func push(_ image: BuiltImage, to prefix: String) async throws -> Sent {
        var address = ""
        for tag in image.tags {
            let name = "\(prefix)/\(tag)"
            _ = try await docker.text(["tag", image.identifier, name])
            report(.started(step: "push \(name)", command: nil))
            let begin = SystemClock.steady.now
            let answer = try await pushing(name)
            report(.finished(step: "push \(name)", .done, after: SystemClock.steady.now - begin))
            let digest = answer.output.split(whereSeparator: \.isWhitespace).last { $0.hasPrefix("sha256:") }
            address = "\(name.prefix(upTo: name.lastIndex(of: ":") ?? name.endIndex))@\(digest ?? "")"
        }
        return Sent(
            image: image.tags.first ?? image.identifier, destination: address, sentLayers: 0,
            layers: try await docker.layers(of: image.identifier).count, sentBytes: 0)
    }

    private func pushing(_ name: String) async throws -> DockerAnswer {
        var attempt = 0
        while true {
            let answer = try await docker.answer(["push", name], deadline: Self.deadline)
            if answer.succeeded { return answer }
            guard let reason = TransientFailure.reason(in: answer.errors), attempt < Self.pauses.count else {
                throw SlipwayError(
                    .dockerFailed, "\(name) cannot be pushed: docker push \(answer.end)", hint: "docker login",
                    details: answer.errors.suffix(6))
            }
            report(.note("the network failed (\(reason)): pushing \(name) again"))
            try await SystemClock.steady.sleep(for: Self.pauses[attempt])
            attempt += 1
        }
    }

    /// Sends what an engine elsewhere lacks of an image; no registry is needed.
    /// - Parameter host: `ssh://user@host`, or another address that `docker --host` takes.
    /// - Throws: ``SlipwayError`` `docker-failed`, `docker-unreachable`.
    package func send(_ image: BuiltImage, to host: String) async throws -> Sent {
        let name = image.tags.first ?? image.identifier
        let step = "send \(name)"
        report(.started(step: step, command: nil))
        let begin = SystemClock.steady.now
        let own = try await docker.layers(of: image.identifier)
        let (identifiers, chains) = try await images(on: host)
        if identifiers.contains(image.identifier) {
            for tag in image.tags { _ = try await docker.text(["--host", host, "tag", image.identifier, tag]) }
            report(.finished(step: step, .reused, after: SystemClock.steady.now - begin))
            return Sent(image: name, destination: host, sentLayers: 0, layers: own.count, sentBytes: 0)
        }
        // A layer counts as there only on top of the same layers: engines keep them by the chain.
        let known = chains.map { chain in zip(own, chain).prefix { $0 == $1 }.count }.max() ?? 0
        var bytes = try await transfer(image, to: host, without: known)
        if bytes == nil, known > 0 {
            report(.note("\(host) insists on all layers"))
            bytes = try await transfer(image, to: host, without: 0)
        }
        guard let bytes else {
            throw SlipwayError(.dockerFailed, "\(host) did not take \(name)", hint: "docker --host \(host) version")
        }
        report(.finished(step: step, .done, after: SystemClock.steady.now - begin))
        return Sent(
            image: name, destination: host, sentLayers: own.count - known, layers: own.count, sentBytes: bytes)
    }

    private func images(on host: String) async throws -> (identifiers: Set<String>, chains: [[String]]) {
        let list = try await docker.text(["--host", host, "image", "ls", "--quiet", "--no-trunc"])
        let identifiers = Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
        guard !identifiers.isEmpty else { return ([], []) }
        // An image may go away between the two questions; the others are answered all the same.
        let answer = try await docker.answer(
            ["--host", host, "image", "inspect", "--format", "{{json .RootFS.Layers}}"] + identifiers.sorted())
        let chains = answer.output.split(whereSeparator: \.isNewline).compactMap {
            JSONDocument(parsing: String($0)).root?.texts
        }
        return (identifiers, chains)
    }

    /// - Parameter known: How many of the lowest layers are there already.
    /// - Returns: The archive's size, or `nil` when the other engine did not take it.
    private func transfer(_ image: BuiltImage, to host: String, without known: Int) async throws -> Int? {
        let names = image.tags.isEmpty ? [image.identifier] : image.tags
        let save = Docker.command(["save"] + names, deadline: Self.deadline)
        let dropped = known > 0 ? Set(try await docker.manifest(printedBy: save).layerPaths.prefix(known)) : []
        let file = ".transfer-\(RandomToken.hex(bytes: 4)).tar"
        try folder.makeDirectory()
        let archive = try LogFile(path: folder.resolve(file))
        defer { try? folder.remove(file) }
        let filter = Mutex(TarFilter { dropped.contains($0) })
        let saved = try await docker.runner.stream(save) { piece in
            archive.write(bytes: filter.withLock { $0.feed(piece) })
        }
        try archive.check()
        guard saved.succeeded else { return nil }
        let size = Int(try folder.size(of: file))
        let loaded = try await docker.answer(
            ["--host", host, "load", "--quiet", "--input", try folder.resolve(file)], deadline: Self.deadline)
        return loaded.succeeded ? size : nil
    }
}

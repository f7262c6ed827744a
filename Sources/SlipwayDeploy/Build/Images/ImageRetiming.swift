// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Synchronization

/// Gives an image's own layers no time later than the source's, so that the same source gives the same layers. The
/// engine's builder does not do it: what a step writes has the time of the build.
struct ImageRetiming {
    private static let deadline = Duration.seconds(30 * 60)

    private let docker: Docker
    /// For the archive on its way; emptied again.
    private let folder: FileStore
    private let report: DeployEventHandler

    /// - Parameter folder: Absolute path.
    init(docker: Docker, folder: String, report: @escaping DeployEventHandler) {
        self.docker = docker
        self.folder = FileStore(root: folder)
        self.report = report
    }

    /// - Parameter latest: Seconds since 1970.
    /// - Returns: The image with the same tags and a new identifier.
    /// - Throws: ``SlipwayError`` `docker-failed` where the engine packs layers so that they cannot be changed.
    func run(_ image: BuiltImage, latest: Int) async throws -> BuiltImage {
        let step = "image \(image.service) retimed"
        report(.started(step: step, command: nil))
        let begin = SystemClock.steady.now
        let layers = try await docker.layers(of: image.identifier)
        let baseCount = await BaseImage.layerCount(image.base, of: layers, docker: docker)
        let save = Docker.command(["save", image.identifier], deadline: Self.deadline)
        let manifest = try await docker.manifest(printedBy: save)
        for keepsBase in [false, true] {
            let archive = RetimedArchive(
                latest: latest, manifest: manifest, baseCount: baseCount, keepsBase: keepsBase)
            guard let new = try await load(archive, save: save, layers: layers, tags: image.tags) else { continue }
            var retimed = image
            retimed.identifier = new.identifier
            retimed.ownLayers = new.ownLayers
            if new.identifier != image.identifier {
                // The builder's cache keeps what it needs of it.
                _ = try await docker.answer(["image", "rm", image.identifier])
            }
            report(.finished(step: step, .done, after: SystemClock.steady.now - begin))
            return retimed
        }
        throw SlipwayError(
            .dockerFailed,
            "the engine hands out \(image.tags.first ?? image.identifier) in a form that cannot be changed",
            hint: "docker buildx build --output type=image,rewrite-timestamp=true")
    }

    private func load(
        _ archive: RetimedArchive, save: Command, layers: [String], tags: [String]
    ) async throws -> (identifier: String, ownLayers: [String])? {
        let name = ".retimed-\(RandomToken.hex(bytes: 4)).tar"
        try folder.makeDirectory()
        let file = try LogFile(path: folder.resolve(name))
        defer { try? folder.remove(name) }
        let passing = Mutex(archive)
        let saved = try await docker.runner.stream(save) { piece in
            file.write(bytes: passing.withLock { $0.feed(piece) })
        }
        guard saved.succeeded, let end = passing.withLock({ $0.finish(layers: layers, tags: tags) }) else { return nil }
        file.write(bytes: end.bytes)
        try file.check()
        let loaded = try await docker.answer(
            ["load", "--quiet", "--input", try folder.resolve(name)], deadline: Self.deadline)
        guard loaded.succeeded else { return nil }
        let there = try await docker.answer(["image", "inspect", "--format", "{{.Id}}", tags.first ?? end.identifier])
        return there.output.trimmed == end.identifier ? (end.identifier, end.ownLayers) : nil
    }
}

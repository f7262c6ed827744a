// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost
import Synchronization

extension Docker {
    /// Digests of an image's layers, from the base upwards.
    func layers(of image: String) async throws -> [String] {
        let answer = try await text(["image", "inspect", "--format", "{{json .RootFS.Layers}}", image])
        return JSONDocument(parsing: answer).root?.texts ?? []
    }

    /// What the archive that a command prints says of itself: which member is which layer stands at its end, so who
    /// passes it on reads it twice.
    func manifest(printedBy save: Command) async throws -> ArchiveManifest {
        let reading = Mutex(ArchiveManifest())
        _ = try await runner.stream(save) { piece in reading.withLock { $0.feed(piece) } }
        return reading.withLock { $0 }
    }

    /// Reads an image's layers as they stream out of the engine, so that its size does not matter.
    /// - Parameters:
    ///   - baseCount: How many of its layers belong to the base image.
    ///   - canary: A text that may be in no layer; `nil` when nobody looks for secrets.
    /// - Throws: ``SlipwayError`` `docker-failed` when the engine does not hand it out.
    func contents(of image: String, baseCount: Int, canary: String?) async throws -> ImageContents {
        let scan = Mutex(ImageArchive(canary: canary))
        let command = Self.command(["save", image], deadline: .seconds(600))
        let result = try await runner.stream(command) { piece in scan.withLock { $0.feed(piece) } }
        guard result.succeeded, let layers = scan.withLock({ $0.orderedLayers() }) else {
            throw SlipwayError(
                .dockerFailed, "the image \(image) cannot be read back", details: result.lastLines(5))
        }
        return ImageContents(layers: layers, baseCount: baseCount)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Writes down what is installed in images that were built.
package struct ImageSoftware: Sendable {
    private let docker: Docker

    package init(docker: Docker = Docker()) { self.docker = docker }

    /// Writes `SERVICE.cdx.json` (CycloneDX) and `SERVICE.spdx.json` (SPDX) for each image.
    /// - Parameter folder: Absolute path; made when it is not there.
    /// - Returns: How many packages each image holds, and the CycloneDX file.
    /// - Throws: ``SlipwayError`` `docker-failed`, `docker-unreachable`.
    package func write(_ images: [BuiltImage], to folder: String) async throws -> [Written] {
        let files = FileStore(root: folder)
        try files.makeDirectory()
        var written: [Written] = []
        for image in images {
            let list = try await list(image)
            let time = Timestamp.now()
            let name = image.service
            try files.write(list.cycloneDX(time: time), to: "\(name).cdx.json")
            try files.write(list.spdx(time: time), to: "\(name).spdx.json")
            written.append(
                Written(
                    image: list.image, file: "\(folder)/\(name).cdx.json", packageCount: list.items.count,
                    ownCount: list.items.count { !$0.isBase }))
        }
        return written
    }

    /// One image's list.
    package struct Written: Codable, Equatable, Sendable {
        package let image: String
        /// Absolute path of the CycloneDX document.
        package let file: String
        package let packageCount: Int
        /// Packages that our layers add to the base.
        package let ownCount: Int
    }

    func list(_ image: BuiltImage) async throws -> SoftwareList {
        let name = image.tags.first ?? image.identifier
        let layers = try await docker.layers(of: image.identifier)
        let count = await BaseImage.layerCount(image.base, of: layers, docker: docker)
        let contents = try await docker.contents(of: image.identifier, baseCount: count, canary: nil)
        // A Swift program is linked into one file, which names nothing that it was made of.
        let resolved = (try? FileStore(root: image.context).text("Package.resolved")) ?? ""
        return SoftwareList(
            image: name, identifier: image.identifier, contents: contents,
            added: PackageDatabase.packages(in: Array(resolved.utf8), path: "Package.resolved"))
    }
}

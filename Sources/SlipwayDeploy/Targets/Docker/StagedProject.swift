// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
package import SlipwayHost

/// A copy of what git keeps, with the deployment files that the repository lacks: the context that a clean checkout
/// gives. Whatever is done to it leaves the repository alone.
package struct StagedProject: Sendable {
    /// Names under which Compose looks for its file, in its own order.
    package static let composeNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]

    /// Absolute path of the copy.
    package let root: String
    /// Relative to the copy.
    package let composeFile: String
    package var files: FileStore { FileStore(root: root) }

    /// - Parameters:
    ///   - source: Absolute path of the repository.
    ///   - generated: Files that are written where the repository has none of that path.
    ///   - root: Absolute path of a folder that is emptied first.
    /// - Throws: ``SlipwayError`` `no-deployment-files` when nothing says what to build.
    package static func make(
        of tree: SourceTree, source: String, generated: [GeneratedFile], root: String
    ) throws -> StagedProject {
        let (original, copy) = (FileStore(root: source), FileStore(root: root))
        try copy.remove(".")
        try copy.makeDirectory()
        var folders: Set<String> = []
        for entry in tree.entries {
            if folders.insert(entry.directory).inserted { try copy.makeDirectory(entry.directory) }
            let mode = Ownership.of("\(source)/\(entry.path)")?.mode ?? 0o644
            // A file that cannot be read here is missing in the build too, which then says so.
            guard let bytes = try? original.read(entry.path) else { continue }
            try copy.write(bytes, to: entry.path, mode: mode & 0o777)
        }
        for file in missing(generated, in: copy) {
            if let slash = file.path.lastIndex(of: "/") { try copy.makeDirectory(String(file.path[..<slash])) }
            try copy.write(file.contents, to: file.path, mode: file.isExecutable ? 0o755 : 0o644)
        }
        return StagedProject(root: root, composeFile: try composeFile(in: copy, generated: generated))
    }

    /// A generated ignore file belongs to a generated Dockerfile: beside one that a person wrote, it would hide that
    /// theirs is missing.
    private static func missing(_ generated: [GeneratedFile], in copy: FileStore) -> [GeneratedFile] {
        let absent = generated.filter { !copy.exists($0.path) }
        let dockerfiles = absent.map(\.path).filter { path in
            path.split(separator: "/").last?.contains("Dockerfile") == true && !path.hasSuffix(".dockerignore")
        }
        return absent.filter { file in
            guard file.path.hasSuffix(".dockerignore") else { return true }
            let folder = file.path.dropLast(".dockerignore".count)
            return dockerfiles.contains { $0.hasPrefix(folder) }
        }
    }

    /// The repository itself, when it has all its files already.
    package static func inPlace(_ directory: String) throws -> StagedProject {
        StagedProject(root: directory, composeFile: try composeFile(in: FileStore(root: directory), generated: []))
    }

    /// The first that builds something: a repository may have a Compose file for its database alone.
    private static func composeFile(in files: FileStore, generated: [GeneratedFile]) throws -> String {
        let here = composeNames.filter { files.exists($0) }
        let building = here.first { name in
            guard let text = try? files.text(name) else { return false }
            return ComposeFile(parsing: text).services.contains { $0.build != nil }
        }
        if let building { return building }
        // Beside such a file, the generated one needs a name of its own.
        if let ours = generated.first(where: { composeNames.contains($0.path) }) {
            try files.write(ours.contents, to: "compose.slipway.yaml")
            return "compose.slipway.yaml"
        }
        throw SlipwayError(
            .noDeploymentFiles, "no Compose file here builds an image", hint: "slipway write --target docker",
            details: here.map { "\($0) has no service with a build" })
    }
}

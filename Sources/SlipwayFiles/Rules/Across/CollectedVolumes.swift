// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Volumes over what an image's build collects: Docker fills a new one from the image once
/// (docs.docker.com/engine/storage/volumes, populate a volume using a container).
enum CollectedVolumes {
    static func violations(
        of unit: DeployedUnit, _ service: ComposeService, _ compose: CheckedFile<ComposeFile>
    ) -> [Violation] {
        let repository = unit.dockerfile.repository
        guard
            let step = unit.instructions.last(where: { $0.keyword == "RUN" && $0.text.contains("collectstatic") }),
            !StoreAtStart.startLines(of: unit).contains(where: { $0.contains("collectstatic") }),
            let root = staticRoot(in: repository), !isCollectedElsewhere(repository)
        else { return [] }
        return service.mounts.compactMap { mount in
            guard mount.kind == .volume, let volume = mount.source, !mount.isReadOnly,
                SourceTree.Entry(path: GoPath.clean(mount.target)).name == root
            else { return nil }
            let isServed = compose.services.contains { other in
                other.name != service.name && other.mounts.contains { $0.source == volume }
            }
            return Violation(
                file: compose.location, line: mount.position.line,
                "\(mount.target) keeps the files of the first image (\(unit.dockerfile.location):\(step.line)); "
                    + (isServed
                        ? "run collectstatic when the container starts, before the server"
                        : "delete the mount, and serve from the image"),
                severity: .warning)
        }
    }

    /// The last folder of STATIC_ROOT.
    private static func staticRoot(in repository: CheckedRepository) -> String? {
        for (path, lines) in PythonSettings.all(in: repository) where !DevelopmentPath.isLikely(path) {
            guard let line = lines.first(where: { $0.hasPrefix("STATIC_ROOT") }) else { continue }
            let parts = line.split(omittingEmptySubsequences: false) { $0 == "'" || $0 == "\"" }
            guard parts.count >= 3 else { return nil }
            return SourceTree.Entry(path: GoPath.clean(String(parts[parts.count - 2]))).name
        }
        return nil
    }

    /// Whether a script, a pipeline, another service or a document has it done after an update.
    private static func isCollectedElsewhere(_ repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            let endings = [".sh", ".yml", ".yaml", ".md", ".py", ".toml", ".conf", ".ini", ".rst", ".txt"]
            guard endings.contains(where: entry.name.hasSuffix) || entry.name == "Makefile",
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            return ByteSearch.contains("collectstatic".utf8, in: bytes)
        }
    }
}

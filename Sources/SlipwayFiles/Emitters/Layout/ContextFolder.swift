// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The folder that an image's build must see: the service's own, or the workspace's whose lock file it shares.
enum ContextFolder {
    static let nodeLocks = [
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
    ]

    static func of(_ service: Service, in tree: SourceTree) -> String {
        guard service.directory != "." else { return "." }
        switch service.language {
        case "javascript", "typescript":
            let shared = linkedFolders(of: service, tree)
            if let shared { return shared }
            guard service.install != nil else { return service.directory }
            let start =
                StaleLock.isIn(service.directory, of: tree)
                ? service.directory.parentDirectory : service.directory
            return nearest(nodeLocks, above: start, tree) ?? service.directory
        case "python":
            return pythonProject(of: service, tree) ?? listFolder(of: service)
        case "rust": return nearest(["Cargo.lock"], above: service.directory, tree) ?? service.directory
        case "java", "kotlin":
            return nearest(["mvnw", "gradlew"], above: service.directory, tree) ?? service.directory
        case "csharp", "fsharp":
            let refers = tree.files(under: service.directory).contains { entry in
                entry.name.hasSuffix("proj") && tree.text(entry.path)?.contains("ProjectReference Include=\"..") == true
            }
            let central = ["Directory.Packages.props", "Directory.Build.props"]
            return refers ? "." : nearest(central, above: service.directory, tree) ?? service.directory
        default: return service.directory
        }
    }

    /// Where the project file is that the tool finds from the service's folder upwards.
    private static func pythonProject(of service: Service, _ tree: SourceTree) -> String? {
        switch service.packageManager {
        case "uv": nearest(["uv.lock"], above: service.directory, tree)
        case "poetry", "pdm": nearest(["pyproject.toml"], above: service.directory, tree)
        case "pipenv": nearest(["Pipfile"], above: service.directory, tree)
        default: nil
        }
    }

    /// The folder from which both the service and what its installation names can be seen: that above it of
    /// `pip install -r ../requirements/base.txt`.
    private static func listFolder(of service: Service) -> String {
        let words = (service.install ?? "").split { " '\"".contains($0) }
        let depth = words.map { $0.split(separator: "/").prefix { $0 == ".." }.count }.max() ?? 0
        let parts = service.directory.split(separator: "/")
        guard depth > 0, depth <= parts.count else { return service.directory }
        return depth == parts.count ? "." : parts.dropLast(depth).joined(separator: "/")
    }

    /// The nearest folder from the service's own upwards that has one of these files.
    private static func nearest(_ names: [String], above directory: String, _ tree: SourceTree) -> String? {
        var parts = directory.split(separator: "/")
        while true {
            let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
            if names.contains(where: { tree.contains(Layout.join(folder, $0)) }) { return folder }
            guard !parts.isEmpty else { return nil }
            parts.removeLast()
        }
    }

    /// The folder above a package that the service takes from beside itself: `"shared": "file:../shared"`.
    private static func linkedFolders(of service: Service, _ tree: SourceTree) -> String? {
        guard let text = tree.text(Layout.join(service.directory, "package.json")),
            ["\"file:../", "\"link:../", "\"portal:../"].contains(where: text.contains)
        else { return nil }
        let parts = service.directory.split(separator: "/").dropLast()
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}

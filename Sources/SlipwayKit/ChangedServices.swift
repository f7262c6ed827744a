// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which services a saved file concerns.
struct ChangedServices {
    /// Text for people, and what no process reads.
    private static let silentExtensions: Set<String> = ["md", "rst", "txt~", "swp", "swx", "tmp", "log", "pyc", "orig"]

    let services: [Service]

    /// - Parameter paths: Relative to the repository's root.
    /// - Returns: The services in whose folder the files are; for a file in nobody's folder, which may be a package that
    ///   several share, all of them.
    func affected(by paths: some Sequence<String>) -> Set<String> {
        paths.reduce(into: []) { result, path in
            guard concernsProcesses(path) else { return }
            let owners = owners(of: path)
            result.formUnion(owners.isEmpty ? services.map(\.name) : owners)
        }
    }

    /// The services of the deepest folder that holds the file; those at the root own what no other does.
    private func owners(of path: String) -> [String] {
        let holding = services.filter { $0.directory != "." && path.hasPrefix($0.directory + "/") }
        guard let depth = holding.map(\.directory.utf8.count).max() else {
            return services.filter { $0.directory == "." }.map(\.name)
        }
        return holding.filter { $0.directory.utf8.count == depth }.map(\.name)
    }

    private func concernsProcesses(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        guard !name.hasSuffix("~"), !name.hasPrefix(".#"), !path.hasPrefix(".git/") else { return false }
        let written = services.contains { service in
            (service.writableDirectories + [service.outputDirectory].compactMap { $0 }).contains { folder in
                let full = service.directory == "." ? folder : "\(service.directory)/\(folder)"
                return path == full || path.hasPrefix(full + "/")
            }
        }
        let parts = name.split(separator: ".")
        let ending = parts.count > 1 ? parts.last.map { $0.lowercased() } ?? "" : ""
        return !written && !Self.silentExtensions.contains(ending)
    }
}

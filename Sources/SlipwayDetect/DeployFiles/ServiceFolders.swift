// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Finds the code that an image is built from.
struct ServiceFolders {
    /// Folders whose code can be a process, deepest first.
    private let folders: [String]

    init(_ repository: Repository) {
        let python = repository.python.map { repository.startFolder(of: $0) }
        let other = [
            "go.mod", "Cargo.toml", "Package.swift", "Gemfile", "composer.json", "pom.xml", "build.gradle",
            "build.gradle.kts", "mix.exs",
        ].flatMap { repository.tree.files(named: $0).map(\.directory) }
        let projects = ["csproj", "fsproj"].flatMap { repository.tree.files(ending: $0) }.map(\.directory)
        folders = Set(
            python + repository.node.filter { !$0.isWorkspaceRoot || $0.directory != "." }.map(\.directory) + other
                + projects + repository.goRoots.others
        )
        .sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// The only folder of a name, below the root.
    func named(_ name: String) -> String? {
        let fitting = folders.filter { $0 != "." && $0.lastPathComponent == name }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// - Parameters:
    ///   - context: The build context, seen from the root.
    ///   - copied: What the image copies from there.
    func folder(context: String, dockerfile: String, copied: [String]) -> String? {
        let place = dockerfile.parentDirectory
        if folders.contains(place), place != ".", place == context || context == "." { return place }
        let sources = copied.compactMap { PathText.normalized(context.appending(path: $0)) }
        let inner = folders.filter { $0 != "." && $0 != context }.filter { folder in
            sources.contains { $0 == folder || $0.relative(to: folder) != nil }
        }
        // An image that copies several code bases belongs to none of them alone.
        if inner.count == 1, !folders.contains(context) || !sources.contains(context) { return inner[0] }
        if folders.contains(context) { return context }
        let named = folders.filter { dockerfile.lowercased().contains($0.lastPathComponent.lowercased()) }
        return named.count == 1 ? named[0] : inner.first
    }
}

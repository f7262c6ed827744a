// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders of pages that are served as they are.
struct StaticSiteDetector: Detector {
    let name = "static-site"

    func detect(in repository: Repository) -> [Evidence] {
        let pages = repository.tree.files(named: "index.html")
        let codeFolders = Set(repository.node.map(\.directory) + repository.python.map(\.directory))
        return pages.compactMap { page -> Evidence? in
            let folder = page.directory
            // The topmost page of a branch speaks for those below it.
            guard !pages.contains(where: { $0.directory != folder && folder.relative(to: $0.directory) != nil }) else {
                return nil
            }
            // Pages inside a code base are its templates, its public files or its build.
            guard
                !codeFolders.contains(where: {
                    folder.relative(to: $0) != nil && ($0 != "." || folder == "." || repository.hasService(in: $0))
                })
            else { return nil }
            let hasCode = [
                "Gemfile", "composer.json", "go.mod", "Cargo.toml", "pom.xml", "build.gradle", "mix.exs",
                "Package.swift",
            ].contains { name in
                PathText.ancestors(of: folder).contains { repository.tree.contains($0.appending(path: name)) }
            }
            guard !hasCode else { return nil }
            return .claim(
                .role(.static), for: Subject(folder, Subject.site), file: page.path, why: "pages without a build",
                confidence: 0.6)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders of pages that are served as they are.
struct StaticSiteDetector: Detector {
    let name = "static-site"
    let account = DetectorAccount(
        recognises:
            "Folders of pages that are served as they are.",
        reads: ["index.html that no program completes and no package builds", "vite.config.js without a package"],
        confidence: "60 %")

    /// Files whose folder is a code base that makes its own pages.
    private static let codeManifests: Set<String> = [
        "Gemfile", "composer.json", "go.mod", "Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts", "mix.exs",
        "Package.swift", "deno.json", "deno.jsonc", "angular.json", "_config.yml", "mkdocs.yml", "hugo.toml",
    ]
    /// Folders of pages that a program fills in, that a tool wrote, or that document something.
    private static let otherPages: Set<String> = [
        "_includes", "_layouts", "coverage", "dist", "build", "out", "htmlcov", "javadoc", "layouts", "node_modules",
        "partials", "resources", "target", "templates", "views", "wwwroot",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let pages = tree.files(named: "index.html")
        guard !pages.isEmpty else { return [] }
        let codeFolders = Set(
            repository.node.filter { makesPages($0, repository) }.map(\.directory)
                + repository.python.map(\.directory).filter { $0 != "." || repository.hasService(in: $0) })
        var sites: [String] = []
        let unbuilt = pages.flatMap { Self.unbuilt($0, tree) }
        return unbuilt
            + pages.compactMap { page -> Evidence? in
                let folder = page.directory
                // Pages come in path order, but `a/b/index.html` may stand before `a/index.html`.
                let above = PathText.ancestors(of: folder)
                guard !above.dropFirst().contains(where: { tree.contains($0.appending(path: "index.html")) }),
                    !above.contains(where: sites.contains)
                else { return nil }
                let hasManifest = above.contains { outer in
                    Self.codeManifests.contains { tree.contains(outer.appending(path: $0)) }
                }
                let isCode =
                    above.contains(where: codeFolders.contains) && !PlainFrontEnd.stands(in: folder, repository)
                guard !hasManifest, !isCode,
                    !above.contains(where: { Self.otherPages.contains($0.lastPathComponent.lowercased()) }),
                    let text = tree.text(page.path), !Self.isTemplate(text)
                else { return nil }
                sites.append(folder)
                return .claim(
                    .role(.static), for: Subject(folder, Subject.site), file: page.path, why: "pages without a build",
                    confidence: 0.6)
            }
    }

    /// The page that Vite builds from, where git does not have the package that brings Vite: the service is there, and
    /// an image that copies the package cannot be built.
    private static func unbuilt(_ page: SourceTree.Entry, _ tree: SourceTree) -> [Evidence] {
        let folder = page.directory
        let settings = ["ts", "js", "mjs", "mts"].map { folder.appending(path: "vite.config.\($0)") }
        guard let file = settings.first(where: tree.contains),
            !PathText.ancestors(of: folder).contains(where: { tree.contains($0.appending(path: "package.json")) }),
            let text = tree.text(page.path), text.contains("src=\"/src/")
        else { return [] }
        var site = Testimony(Subject(folder, Subject.site))
        site.say(.role(.spa), file: file, "Vite configuration", Confidence.convention)
        site.say(.framework("vite"), file: file, "Vite configuration", Confidence.convention)
        let output = ScriptSettings(file, in: tree)?.string("outDir").flatMap { PathText.normalized($0) } ?? "dist"
        site.say(.outputDirectory(output), file: file, "Vite configuration", Confidence.convention)
        return site.evidence
    }

    /// A root package that only brings tools leaves the pages to themselves.
    private func makesPages(_ project: NodeProject, _ repository: Repository) -> Bool {
        let build = project.manifest.script("build")?.text ?? ""
        let compilesStyles = ["tailwindcss", "sass", "postcss", "lessc"].contains { build.utf8.contains($0) }
        return project.directory != "." || (!build.isEmpty && !compilesStyles)
            || NodeFrontEnd.find(in: project, repository.tree) != nil || repository.hasService(in: ".")
    }

    /// Whether some program completes the text: Jinja, Django, ERB, Go, CRA's and Vite's marks, TypeScript entries.
    static func isTemplate(_ text: String) -> Bool {
        ["{%", "{{ .", "<%", "%PUBLIC_URL%", "src=\"/src/", "src=\"./src/main.", ".tsx\"", "<?php"].contains {
            text.utf8.contains($0)
        }
    }
}

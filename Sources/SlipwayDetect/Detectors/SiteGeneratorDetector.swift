// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Sites that Hugo, Jekyll, MkDocs, Zola, Pelican or Sphinx write, in repositories that are nothing else.
struct SiteGeneratorDetector: Detector {
    let name = "site-generator"
    var refines: [String] { ["static-site"] }
    let account = DetectorAccount(
        recognises:
            "Sites of Hugo, Jekyll, Zola, MkDocs, Pelican and mdBook, where a repository is nothing else.",
        reads: ["the generator's settings file together with its folders"],
        confidence: "90 %")

    private struct Generator {
        var name: String
        /// Any of these at the folder's top.
        var settings: [String]
        /// Something that must stand beside them.
        var beside: [String]
        var language: String
        var build: String
        var output: String
    }

    // Commands and folders are those of each project's own page about publishing.
    private static let generators = [
        Generator(
            name: "hugo", settings: ["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml", "config.yaml"],
            beside: ["content", "archetypes", "layouts", "themes"], language: "go", build: "hugo --minify",
            output: "public"),
        Generator(
            name: "jekyll", settings: ["_config.yml", "_config.yaml"],
            beside: ["_posts", "_layouts", "index.md", "index.html", "_includes"], language: "ruby",
            build: "bundle exec jekyll build", output: "_site"),
        Generator(
            name: "zola", settings: ["config.toml"], beside: ["sass", "templates"], language: "rust",
            build: "zola build", output: "public"),
        Generator(
            name: "mkdocs", settings: ["mkdocs.yml", "mkdocs.yaml"], beside: ["docs"], language: "python",
            build: "mkdocs build", output: "site"),
        Generator(
            name: "pelican", settings: ["pelicanconf.py"], beside: ["content"], language: "python",
            build: "pelican content -s publishconf.py", output: "output"),
        Generator(
            name: "mdbook", settings: ["book.toml"], beside: ["src"], language: "rust", build: "mdbook build",
            output: "book"),
    ]
    /// Code whose manual such a site would only be.
    private static let products = [
        "package.json", "pyproject.toml", "setup.py", "setup.cfg", "go.mod", "Cargo.toml", "composer.json", "pom.xml",
        "build.gradle", "mix.exs", "Package.swift", "manage.py", "config.ru",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        for generator in Self.generators {
            guard let settings = generator.settings.first(where: tree.contains),
                generator.beside.contains(where: { tree.hasDirectory($0) || tree.contains($0) }),
                !Self.products.contains(where: tree.contains), isBuilt(by: generator, settings, tree)
            else { continue }
            return evidence(generator, settings, tree)
        }
        return []
    }

    /// `config.toml` is anybody's: it must name what every such site has.
    private func isBuilt(by generator: Generator, _ settings: String, _ tree: SourceTree) -> Bool {
        guard settings.hasPrefix("config.") else { return true }
        let text = tree.text(settings) ?? ""
        switch generator.name {
        case "hugo": return text.contains("baseURL") || text.contains("baseurl")
        case "zola": return text.contains("base_url")
        default: return false
        }
    }

    private func evidence(_ generator: Generator, _ settings: String, _ tree: SourceTree) -> [Evidence] {
        var site = Testimony(Subject(".", Subject.site))
        let why = "settings of \(generator.name)"
        site.say(.role(.static), file: settings, line: 1, why)
        site.say(.framework(generator.name), file: settings, line: 1, why)
        site.say(.language(generator.language), file: settings, line: 1, why)
        site.say(.outputDirectory(generator.output), file: settings, line: 1, why, Confidence.dependency)
        let isBundled = tree.contains("Gemfile")
        let build = generator.name == "jekyll" && !isBundled ? "jekyll build" : generator.build
        site.say(.build(build), file: settings, line: 1, why)
        if generator.language == "ruby", isBundled {
            site.say(.packageManager("bundler"), file: "Gemfile", "Gemfile")
            site.say(.install("bundle install"), file: "Gemfile", "Gemfile", Confidence.dependency)
        } else if generator.language == "python" {
            let file = ["requirements.txt", "docs/requirements.txt"].first(where: tree.contains)
            site.say(.packageManager("pip"), file: file, why, Confidence.convention)
            site.say(
                .install(file.map { "pip install -r \($0)" } ?? "pip install \(generator.name)"), file: file, why,
                Confidence.convention)
        }
        return site.evidence
    }
}

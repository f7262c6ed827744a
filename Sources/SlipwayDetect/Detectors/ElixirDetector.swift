// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Mix projects that depend on Phoenix or serve with Plug.
struct ElixirDetector: Detector {
    let name = "elixir"

    func detect(in repository: Repository) -> [Evidence] {
        repository.tree.files(named: "mix.exs").flatMap { entry -> [Evidence] in
            guard let text = repository.tree.text(entry.path) else { return [] }
            let lines = CodeLine.lines(of: CodeBase.File(path: entry.path, text: text))
            return evidence(entry, lines, repository.tree)
        }
    }

    private func evidence(_ entry: SourceTree.Entry, _ lines: [CodeLine], _ tree: SourceTree) -> [Evidence] {
        func dependency(_ name: String) -> CodeLine? { lines.first { $0.text.has("{:\(name),") } }
        guard
            let (framework, line) = dependency("phoenix").map({ ("phoenix", $0) })
                ?? dependency("bandit").map({ ("plug", $0) }) ?? dependency("plug_cowboy").map({ ("plug", $0) })
        else { return [] }
        let app =
            lines.lazy.compactMap { line -> String? in
                guard let range = line.text.range(ofText: "app: :") else { return nil }
                return String(line.text[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            }.first ?? "app"
        let directory = entry.directory
        var web = Testimony(Subject(directory, Subject.web))
        web.say(.role(.backend), at: line, "depends on \(framework)", Confidence.dependency)
        web.say(.language("elixir"), file: entry.path, "Mix project")
        web.say(.framework(framework), at: line, "depends on \(framework)")
        web.say(.packageManager("mix"), file: entry.path, "Mix project")
        web.say(.install("mix deps.get --only prod"), file: entry.path, "Mix project", Confidence.dependency)
        let hasAssets = lines.contains { $0.text.has("\"assets.deploy\"") }
        let assets = hasAssets ? "MIX_ENV=prod mix assets.deploy && " : ""
        web.say(.build("\(assets)MIX_ENV=prod mix release"), file: entry.path, "Mix release")
        if let version = lines.lazy.compactMap({ line in
            line.text.hasPrefix("elixir:") ? (line, line.literals.first) : nil
        }).first,
            let text = version.1
        {
            web.say(
                .languageVersion(text.filter { $0.isNumber || $0 == "." }), at: version.0, "elixir requirement",
                Confidence.stated)
        }
        let prefix = framework == "phoenix" ? "PHX_SERVER=true " : ""
        web.say(
            .start(StartCommand("\(prefix)_build/prod/rel/\(app)/bin/\(app) start", port: 4000, portVariable: "PORT")),
            file: entry.path, "Mix release")
        web.say(.port(4000), file: entry.path, "\(framework)'s default", Confidence.dependency)
        if dependency("ecto_sql") != nil || dependency("phoenix_ecto") != nil,
            tree.hasDirectory(directory.appending(path: "priv/repo/migrations"))
        {
            let module = app.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            let release = directory.appending(path: "lib/\(app)/release.ex")
            let command =
                tree.contains(release)
                ? "_build/prod/rel/\(app)/bin/\(app) eval \"\(module).Release.migrate\""
                : "MIX_ENV=prod mix ecto.migrate"
            web.say(.release(command), file: tree.contains(release) ? release : entry.path, "Ecto migrations")
        }
        for (name, kind) in [
            ("postgrex", Resource.Kind.postgres), ("myxql", .mysql), ("ecto_sqlite3", .sqlite), ("redix", .redis),
        ] {
            if let line = dependency(name) {
                web.say(.needs(kind), at: line, "depends on \(name)", Confidence.dependency)
            }
        }
        return web.evidence
    }
}

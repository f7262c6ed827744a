// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Mix projects that depend on Phoenix or serve with Plug.
struct ElixirDetector: Detector {
    let name = "elixir"
    let account = DetectorAccount(
        recognises:
            "Phoenix and Plug applications, built as a release, and Ecto's migrations.",
        reads: ["mix.exs", "config/*.exs", "router.ex with its scopes", "lib/…/release.ex"],
        confidence: "70 to 90 %")

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
        for line in lines {
            guard let range = line.text.range(ofText: "elixir: \"") else { continue }
            let stated = line.text[range.upperBound...].prefix { $0 != "\"" }.filter { $0.isNumber || $0 == "." }
            web.say(.languageVersion(stated), at: line, "elixir requirement", Confidence.stated)
            break
        }
        web.say(paths: routes(directory, tree))
        let prefix = framework == "phoenix" ? "PHX_SERVER=true " : ""
        web.say(
            .start(StartCommand("\(prefix)_build/prod/rel/\(app)/bin/\(app) start", portVariable: "PORT")),
            file: entry.path, "Mix release")
        web.say(.port(4000), file: entry.path, "\(framework)'s default", Confidence.convention)
        if let (port, line, confidence) = port(directory, tree) {
            web.say(.port(port), at: line, "port of the endpoint", confidence)
        }
        if dependency("ecto_sql") != nil || dependency("phoenix_ecto") != nil,
            tree.hasDirectory(directory.appending(path: "priv/repo/migrations"))
        {
            let (text, file) = migration(app, entry, tree)
            web.say(.release("_build/prod/rel/\(app)/bin/\(app) eval \(text)"), file: file, "Ecto migrations")
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

    /// A release has no mix: it is asked to run the migrations itself (hexdocs.pm/phoenix/releases.html), by the
    /// application's own module where there is one.
    private func migration(_ app: String, _ entry: SourceTree.Entry, _ tree: SourceTree) -> (text: String, file: String)
    {
        let file = entry.directory.appending(path: "lib/\(app)/release.ex")
        if let text = tree.text(file) {
            let usual =
                app.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + ".Release"
            let stated = text.split(separator: "\n").first { $0.hasPrefix("defmodule ") }?.split(separator: " ")[1]
            return ("\"\(stated.map(String.init) ?? usual).migrate\"", file)
        }
        let code =
            "Application.load(:\(app)); for repo <- Application.fetch_env!(:\(app), :ecto_repos), "
            + "do: {:ok, _, _} = Ecto.Migrator.with_repo(repo, &Ecto.Migrator.run(&1, :up, all: true))"
        return ("'\(code)'", entry.path)
    }

    /// `port: 4000` or `System.get_env("PORT") || "4000"` in the configuration, what runs in production first.
    private func port(_ directory: String, _ tree: SourceTree) -> (UInt16, CodeLine, Double)? {
        for name in ["runtime", "releases", "prod", "config", "dev"] {
            let path = directory.appending(path: "config/\(name).exs")
            guard let text = tree.text(path) else { continue }
            for line in CodeLine.lines(of: CodeBase.File(path: path, text: text)) {
                // The address that links are written with.
                guard line.text.has("port") || line.text.has("PORT"), !line.text.has("url:"),
                    !InfrastructurePort.isNamed(in: line.text.lowercased()),
                    let start = line.text.range(ofText: "port") ?? line.text.range(ofText: "PORT"),
                    let port = line.text[start.upperBound...].split(whereSeparator: { !$0.isNumber })
                        .lazy.compactMap({ UInt16($0) })
                        .first(where: { $0 >= 80 && $0 != 443 && !InfrastructurePort.isUsual($0) })
                else { continue }
                return (port, line, name == "dev" ? 0.6 : 0.85)
            }
        }
        // `{Bandit, plug: Router, port: 4000}` among the children of the application.
        let code = CodeBase(tree, directory: directory.appending(path: "lib"), extensions: ["ex"])
        return code.first { line in
            guard line.text.has("Bandit") || line.text.has("Cowboy"), let start = line.text.range(ofText: "port:"),
                let port = UInt16(line.text[start.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
            else { return nil }
            return (port, line, 0.85)
        }
    }

    /// `get "/health", …` of Phoenix routers, with the scopes they stand in.
    private func routes(_ directory: String, _ tree: SourceTree) -> [(String, CodeLine)] {
        let routers = tree.files(under: directory).filter { $0.name == "router.ex" && !Candidate.isAside($0.directory) }
        return routers.flatMap { entry -> [(String, CodeLine)] in
            var scopes: [(indentation: Int, prefix: String)] = []
            var found: [(String, CodeLine)] = []
            for line in CodeLine.lines(of: CodeBase.File(path: entry.path, text: tree.text(entry.path) ?? "")) {
                while let last = scopes.last, line.indentation <= last.indentation { scopes.removeLast() }
                let verb = line.text.prefix { $0.isLetter }
                guard let path = line.literals.first, path.hasPrefix("/") else { continue }
                let whole = scopes.map(\.prefix).joined() + (path == "/" ? "" : path)
                if verb == "scope" {
                    scopes.append((line.indentation, path == "/" ? "" : path))
                } else if ["get", "post", "put", "patch", "delete", "resources", "live", "forward"].contains(verb),
                    !whole.isEmpty
                {
                    found.append((whole, line))
                }
            }
            return found
        }
    }
}

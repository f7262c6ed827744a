// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Schema migrations of Python code bases: Alembic, Flask-Migrate, Advanced Alchemy, Aerich.
struct AlembicDetector: Detector {
    let name = "alembic"
    let account = DetectorAccount(
        recognises:
            "Alembic migrations and the release command that runs them, through Flask-Migrate, advanced-alchemy, Aerich or yoyo too.",
        reads: [
            "alembic.ini and its script folder", "pyproject.toml's [tool.alembic]", "Migrate(app, db) in the code",
        ],
        confidence: "90 % from the migrations themselves, 60 % for a tool that is only installed")

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let folder = repository.startFolder(of: project)
            let subject = Subject(folder, nil)
            func claim(_ command: String, _ file: String, _ why: String, _ confidence: Double) -> Evidence {
                .claim(.release(command), for: subject, file: file, why: why, confidence: confidence)
            }
            let inner = repository.python.map(\.directory).filter {
                $0 != project.directory && $0.relative(to: project.directory) != nil
            }
            func mine(_ directory: String) -> Bool {
                directory.relative(to: project.directory) != nil
                    && !inner.contains { directory.relative(to: $0) != nil }
            }
            if let service = repository.pythonServices[project.directory],
                service.application.framework.name == "litestar",
                let source = project.sources.first(where: { source in
                    source.imports.values.contains {
                        $0.hasPrefix("advanced_alchemy.extensions.litestar")
                            || $0.hasPrefix("litestar.contrib.sqlalchemy")
                            || $0.hasPrefix("litestar.plugins.sqlalchemy")
                    }
                }), hasMigrations(in: project, repository.tree), !isPlain(project, repository.tree, mine)
            {
                // The migrations' environment is the application's own; plain Alembic has no configuration.
                let place = service.importFolder == "." ? "" : "PYTHONPATH=\(ShellWord.quote(service.importFolder)) "
                return [
                    claim(
                        "\(place)litestar --app \(service.target) database upgrade --no-prompt", source.path,
                        "Advanced Alchemy in Litestar", Confidence.toolFile)
                ]
            }
            if project.dependency("flask-migrate") != nil,
                let file = repository.tree.files(named: "alembic.ini").first(where: {
                    mine($0.directory) && $0.directory.lastPathComponent == "migrations"
                })
            {
                // `flask db init` without a first migration: there is nothing to run.
                let written = repository.tree.files(under: file.directory.appending(path: "versions"))
                guard written.contains(where: { $0.name.hasSuffix(".py") }) else { return [] }
                let target = repository.pythonServices[project.directory]?.target
                return [
                    claim(
                        "flask \(target.map { "--app \($0) " } ?? "")db upgrade", file.path, "Flask-Migrate",
                        Confidence.dependency)
                ]
            }
            if let file = repository.tree.files(named: "alembic.ini").first(where: {
                mine($0.directory) && !Candidate.isAside($0.directory)
            }) {
                guard hasRevisions(project, repository.tree) else {
                    return [Self.nothingToRun(file.path, project)].compactMap(\.self)
                }
                let place = file.directory.relative(to: folder) ?? "."
                let command =
                    place == "." ? "alembic upgrade head" : "cd \(ShellWord.quote(place)) && alembic upgrade head"
                return [claim(command, file.path, "Alembic's configuration", Confidence.toolFile)]
            }
            // Alembic reads it since 1.16: https://alembic.sqlalchemy.org/en/latest/tutorial.html#using-pyproject-toml-for-configuration
            let manifest = project.directory.appending(path: "pyproject.toml")
            if project.dependency("alembic") != nil, repository.tree.text(manifest)?.contains("[tool.alembic]") == true
            {
                return [claim("alembic upgrade head", manifest, "Alembic's configuration", Confidence.toolFile)]
            }
            let yoyo = project.directory.appending(path: "yoyo.ini")
            if repository.tree.contains(yoyo) {
                return [claim("yoyo apply --batch", yoyo, "yoyo's configuration", Confidence.toolFile)]
            }
            if project.dependency("aerich") != nil {
                return [claim("aerich upgrade", project.dependency("aerich")?.file ?? "", "Aerich", 0.6)]
            }
            return []
        }
    }

    /// A revision names the one before it, and stands in `versions` unless somebody says otherwise.
    private func hasRevisions(_ project: PythonProject, _ tree: SourceTree) -> Bool {
        let revisions = tree.files(ending: [".py"], holding: ["down_revision"], smallerThan: 1_000_000)
        let usual = tree.files(under: project.directory).filter { entry in
            entry.name.hasSuffix(".py") && entry.name != "__init__.py"
                && entry.directory.split(separator: "/").contains("versions")
        }
        return (revisions + usual).contains { $0.directory.relative(to: project.directory) != nil }
    }

    /// Without a revision `upgrade head` makes nothing, and where the application makes its tables itself nobody ever ran
    /// it.
    private static func nothingToRun(_ file: String, _ project: PythonProject) -> Evidence? {
        let makesTables = project.sources.contains { source in
            source.calls.contains {
                $0.call.callee.lastName == "create_all"
                    || $0.call.arguments.contains {
                        $0.value.lastName == "create_all"
                    }
            }
        }
        guard !makesTables else { return nil }
        return .remark(
            Diagnostic(
                "DT010", .warning, file: file,
                "Alembic is set up and has no revision, so nothing makes the tables; "
                    + "type: alembic revision --autogenerate -m initial, and commit the file"))
    }

    /// Alembic's own configuration, of which the application's plugin is told nothing: it looks for its default folder.
    private func isPlain(_ project: PythonProject, _ tree: SourceTree, _ mine: (String) -> Bool) -> Bool {
        guard tree.files(named: "alembic.ini").contains(where: { mine($0.directory) }) else { return false }
        let words = ["alembic_config", "AlembicAsyncConfig", "AlembicSyncConfig"]
        return !tree.files(ending: [".py"], holding: words, smallerThan: 200_000).contains { mine($0.directory) }
    }

    /// Alembic's environment anywhere in the code base.
    private func hasMigrations(in project: PythonProject, _ tree: SourceTree) -> Bool {
        (tree.files(named: "env.py") + tree.files(named: "alembic.ini")).contains {
            $0.directory.relative(to: project.directory) != nil && !$0.path.contains("/tests/")
        }
    }
}

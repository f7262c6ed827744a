// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<Procfile>> {
    /// Heroku gives the port.
    static let procfilePort = Rule(
        "PF001", .error, "the web process ignores PORT",
        why: "The platform gives the port in PORT and ends a web process that does not listen there within 60 s.",
        catches: ["web: gunicorn -b 0.0.0.0:8000 a:app\n", "web: uvicorn a:app --host 0.0.0.0\n"],
        passes: [
            "web: gunicorn a:app\n", "web: uvicorn a:app --host 0.0.0.0 --port $PORT\n", "worker: celery -A a worker\n",
        ]
    ) { file in
        guard SourceTree.Entry(path: file.location).name == "Procfile" else { return [] }
        return file.document.processes.compactMap { process in
            guard process.name == "web", !process.command.contains("PORT"),
                let command = ServerCommandLine(process.command)
            else { return nil }
            // gunicorn reads PORT by itself.
            let isFixed =
                command.hasExplicitPort
                || ["uvicorn", "daphne", "hypercorn", "flask", "streamlit"].contains(command.program)
                || command.words.contains("runserver")
            guard isFixed else { return nil }
            let advice = command.program == "gunicorn" ? "--bind 0.0.0.0:$PORT" : "--host 0.0.0.0 --port $PORT"
            return Violation(line: process.line, "\(command.program) listens elsewhere; write: \(advice)")
        }
    }

    /// No process takes requests.
    static let procfileNoWeb = Rule(
        "PF002", .warning, "no web process",
        why: "Requests go to the process that is called web, and to no other.",
        catches: [
            RuleExample(
                ["Procfile": "worker: python worker.py\n"],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, start: "gunicorn a:app")]))
        ],
        passes: ["web: gunicorn a:app\nworker: python worker.py\n", "worker: python worker.py\n"]
    ) { file in
        guard SourceTree.Entry(path: file.location).name == "Procfile", !file.document.processes.isEmpty,
            file.document["web"] == nil,
            let service = file.repository.app?.services.first(where: { $0.role.listens && $0.directory == file.folder })
        else { return [] }
        let start = service.start ?? "COMMAND"
        return [Violation(line: 1, "\(service.name) answers requests and no process starts it; add: web: \(start)")]
    }

    /// For one developer.
    static let procfileDevelopmentServer = Rule(
        "PF003", .error, "a development server as a process",
        why: "Development servers handle few requests at a time, watch files and show source in error pages.",
        catches: ["web: python manage.py runserver 0.0.0.0:$PORT\n", "web: flask run --host 0.0.0.0 --port $PORT\n"],
        passes: ["web: gunicorn a.wsgi\n"]
    ) { file in
        guard SourceTree.Entry(path: file.location).name == "Procfile" else { return [] }
        return file.document.processes.compactMap { process in
            guard let command = ServerCommandLine(process.command), command.isForDevelopment else { return nil }
            return Violation(line: process.line, "\(command.program) is for development; write: gunicorn MODULE:app")
        }
    }

    /// What the command names must be there.
    static let procfileMissingFile = Rule(
        "PF004", .error, "a process starts a file that does not exist",
        why: "The process ends at once: the file that its command names is not in the repository.",
        catches: [
            ["Procfile": "web: python server.py\n", "app.py": ""],
            ["Procfile": "release: ./release.sh\n", "app.py": ""],
            ["Procfile": "web: cd api && node server.js\n", "api/app.js": "", "server.js": ""],
        ],
        passes: [
            ["Procfile": "web: python app.py\n", "app.py": ""], "web: node dist/index.js\n",
            "web: node .next/standalone/server.js\n",
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return PlatformStart.missingFiles(in: file.repository) { $0 == file.location }
    }
}

extension Rule<CheckedFile<AppJSON>> {
    /// The form asks for what everybody can read.
    static let appSecret = Rule(
        "PF011", .error, "a secret has a value in app.json",
        why: "Everybody who deploys from the button gets the same secret, and everybody can read it.",
        catches: ["{\"env\": {\"SECRET_KEY\": {\"value\": \"a8f3kd92\"}}}"],
        passes: ["{\"env\": {\"SECRET_KEY\": {\"generator\": \"secret\"}}}"]
    ) { file in
        file.document.environment.compactMap { variable in
            guard let value = variable.value, !value.isEmpty, SecretText.isSecret(name: variable.name),
                !variable.isGenerated,
                !SecretText.isPlaceholder(value), !SecretText.isStandIn(value),
                // xoxp-0000-xxxx shows the form of what only somebody else can give.
                !value.lowercased().contains("xxx"), !value.contains("0000000"), !value.contains("...")
            else { return nil }
            return Violation(
                line: variable.position.line, "\(variable.name) is readable; write: {\"generator\": \"secret\"}")
        }
    }

    /// The plan is gone.
    static let appAddonPlan = Rule(
        "PF012", .error, "an add-on plan does not exist any more",
        why: "Heroku ended its free plans in November 2022: the deployment stops at the add-on.",
        catches: ["{\"addons\": [\"heroku-postgresql:hobby-dev\"]}"],
        passes: ["{\"addons\": [\"heroku-postgresql:essential-0\"]}"]
    ) { file in
        (file.document.root?["addons"]?.sequence ?? []).compactMap { node in
            guard let text = node.text ?? node["plan"]?.text,
                text.hasSuffix(":hobby-dev") || text.hasSuffix(":hobby-basic")
            else { return nil }
            let name = text.prefix { $0 != ":" }
            let plan = name.contains("postgres") ? "essential-0" : "mini"
            return Violation(line: node.line, "\(text) is gone; write: \(name):\(plan)")
        }
    }

    /// The formation names nobody.
    static let appFormation = Rule(
        "PF013", .error, "the formation names a process that the Procfile does not have",
        why: "The platform cannot scale a process type that nothing defines.",
        catches: [["app.json": "{\"formation\": {\"work\": {\"quantity\": 1}}}", "Procfile": "worker: a\nweb: b\n"]],
        passes: [
            ["app.json": "{\"formation\": {\"web\": {\"quantity\": 1}}}", "Procfile": "web: b\n"],
            [
                "app.json": "{\"formation\": {\"work\": {\"quantity\": 1}}}", "Procfile": "web: b\n",
                "heroku.yml": "build:\n  docker:\n    work: Dockerfile\n",
            ],
        ]
    ) { file in
        guard
            let procfile = file.repository.procfiles.first(where: {
                $0.location == GoPath.clean(file.folder + "/Procfile")
            })
        else { return [] }
        // Images have their process types in heroku.yml (devcenter.heroku.com/articles/build-docker-images-heroku-yml).
        let manifest = file.repository.tree.text(GoPath.clean(file.folder + "/heroku.yml")).flatMap {
            YAMLDocument(parsing: $0).root
        }
        let images = [manifest?.at("build", "docker"), manifest?["run"]].flatMap { node -> [String] in
            node?.mapping?.keys ?? []
        }
        let names = procfile.document.processes.map(\.name) + images
        return (file.document.root?["formation"]?.mapping?.entries ?? []).filter { !names.contains($0.key) }.map {
            entry in
            Violation(
                line: entry.line,
                "the Procfile has no \(entry.key)"
                    + (NearestWord.of(entry.key, among: names).map { "; write: \($0)" } ?? "; delete it"))
        }
    }
}

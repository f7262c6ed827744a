// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The developer's view of the application for every visitor.
    static let developmentSettings = Rule(
        "EN240", .warning, "the settings for production switch on what is for development",
        why:
            "Dashboards, previews of mails, stack traces and the database's password in the log are for the developer's "
            + "own machine: on a public one everybody reads them.",
        catches: [
            ["config/prod.exs": "import Config\nconfig :shop, dev_routes: true\n"],
            [
                "config/runtime.exs":
                    "if config_env() == :prod do\n  config :shop, Shop.Repo,\n    show_sensitive_data_on_connection_error: true\nend\n"
            ],
            ["config/environments/production.rb": "config.consider_all_requests_local = true\n"],
            ["Program.cs": "var app = builder.Build();\napp.UseDeveloperExceptionPage();\n"],
            ["src/main/resources/application.properties": "management.endpoints.web.exposure.include=*\n"],
            ["src/main/resources/application-prod.yml": "spring:\n  h2:\n    console:\n      enabled: true\n"],
            ["web/wsgi.py": "app = DebuggedApplication(app, evalex=True)\n"],
        ],
        passes: [
            ["config/dev.exs": "import Config\nconfig :shop, dev_routes: true\n"],
            ["config/prod.exs": "import Config\n# config :shop, dev_routes: true\nconfig :logger, level: :info\n"],
            ["config/environments/development.rb": "config.consider_all_requests_local = true\n"],
            ["Program.cs": "if (app.Environment.IsDevelopment())\n{\n  app.UseDeveloperExceptionPage();\n}\n"],
            ["src/main/resources/application.properties": "management.endpoints.web.exposure.include=health,info\n"],
            ["src/main/resources/application-dev.yml": "spring:\n  h2:\n    console:\n      enabled: true\n"],
        ]
    ) { repository in
        repository.tree.entries.flatMap { entry -> [Violation] in
            guard let signs = DevelopmentSign.all(for: entry), let text = repository.tree.text(entry.path),
                text.utf8.count < 100_000
            else { return [] }
            let code = CodeText(path: entry.path, text: text)
            return signs.compactMap { sign in
                guard let line = code.line(with: sign.text), !code.isGuarded(line, by: sign.guards, before: 4) else {
                    return nil
                }
                return Violation(file: entry.path, line: line, sign.message)
            } + SpringSettings.violations(in: entry, text)
        }
    }

    /// Accounts that nobody can confirm, passwords that nobody gets back.
    static let mailsNobodyGets = Rule(
        "EN241", .warning, "the application keeps its mails to itself",
        why:
            "The mailer is one for development, which shows mails to the developer or drops them: nobody can confirm an "
            + "account or get a password back.",
        catches: [
            [
                "config/config.exs": "import Config\nconfig :shop, Shop.Mailer, adapter: Swoosh.Adapters.Local\n",
                "config/prod.exs": "import Config\nconfig :swoosh, local: false\n",
                "lib/shop/notifier.ex": "email |> Shop.Mailer.deliver()\n",
            ],
            ["config/environments/production.rb": "config.action_mailer.delivery_method = :letter_opener\n"],
            [
                "shop/settings.py":
                    "EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'\nEMAIL_HOST = 'smtp.example.com'\n"
            ],
            ["src/mail.js": "nodemailer.createTransport({ host: 'smtp.ethereal.email', port: 587 })\n"],
        ],
        passes: [
            [
                "config/config.exs": "import Config\nconfig :shop, Shop.Mailer, adapter: Swoosh.Adapters.Local\n",
                "config/runtime.exs": "import Config\nconfig :shop, Shop.Mailer, adapter: Swoosh.Adapters.Mailgun\n",
                "lib/shop/notifier.ex": "email |> Shop.Mailer.deliver()\n",
            ],
            ["config/environments/development.rb": "config.action_mailer.delivery_method = :letter_opener\n"],
            ["shop/settings.py": "if DEBUG:\n    EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'\n"],
            ["src/mail.js": "nodemailer.createTransport({ host: process.env.SMTP_HOST || 'smtp.ethereal.email' })\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return phoenixMailers(repository) + djangoMailers(repository)
            + repository.code(["production.rb"], with: ["delivery_method"]).compactMap { code in
                code.line(with: "delivery_method=:letter_opener", "delivery_method=:test", "delivery_method=:file").map
                {
                    Violation(
                        file: code.path, line: $0, "no mail leaves; write: config.action_mailer.delivery_method = :smtp"
                    )
                }
            }
            + repository.code([".js", ".ts"], with: ["ethereal.email", "mailtrap.io"]).compactMap { code in
                guard
                    let line = code.line(
                        with: "host:'smtp.ethereal.email'", "host:'sandbox.smtp.mailtrap.io'", "host:'smtp.mailtrap.io'"
                    ),
                    !code.isGuarded(line, by: ["isDev", "development", "!== 'production'", "else"], before: 6)
                else { return nil }
                return Violation(
                    file: code.path, line: line,
                    "a mail trap delivers to nobody; take the host from a variable: process.env.SMTP_HOST")
            }
    }

    private static func phoenixMailers(_ repository: CheckedRepository) -> [Violation] {
        repository.tree.files(named: "config.exs").compactMap { entry in
            guard let text = repository.tree.text(entry.path) else { return nil }
            let code = CodeText(path: entry.path, text: text)
            guard let line = code.line(with: "adapter:Swoosh.Adapters.Local", "adapter:Bamboo.LocalAdapter") else {
                return nil
            }
            let isReplaced = ["prod.exs", "runtime.exs", "releases.exs", "prod.secret.exs"].contains { name in
                guard let other = repository.tree.text(GoPath.clean(entry.directory + "/" + name)) else { return false }
                return CodeText(path: name, text: other).bare.contains {
                    $0.contains("adapter:") && !$0.contains("Postgres") && !$0.contains("Bandit")
                        && !$0.contains("Cowboy")
                        || $0.contains("Mailer,")
                }
            }
            let app =
                entry.directory == "config"
                ? "lib" : GoPath.clean(SourceTree.Entry(path: entry.directory).directory + "/lib")
            let sends = repository.tree.files(under: app).contains { file in
                (file.name.hasSuffix(".ex") ? repository.tree.text(file.path) : nil).map {
                    $0.contains("Mailer.deliver") || $0.contains("deliver_later")
                } ?? false
            }
            guard !isReplaced, sends else { return nil }
            return Violation(
                file: entry.path, line: line,
                "in production too mails stay in memory; add to config/runtime.exs: config :app, Mailer, adapter: Swoosh.Adapters.SMTP"
            )
        }
    }

    private static func djangoMailers(_ repository: CheckedRepository) -> [Violation] {
        let settings = PythonSettings.all(in: repository)
        return settings.compactMap { path, lines in
            let values = lines.enumerated().filter { $0.element.contains("EMAIL_BACKEND") }
            guard values.count == 1, let found = values.first, found.element.hasPrefix("EMAIL_BACKEND"),
                ["console.EmailBackend", "filebased.EmailBackend", "locmem.EmailBackend", "dummy.EmailBackend"]
                    .contains(where: found.element.contains), !found.element.contains("env"),
                !found.element.contains("config("),
                // A base whose production has its own.
                !settings.contains(where: { $0.path != path && $0.lines.contains { $0.contains("EMAIL_BACKEND") } }),
                lines.contains(where: { $0.hasPrefix("EMAIL_HOST") || $0.hasPrefix("DEFAULT_FROM_EMAIL") })
            else { return nil }
            return Violation(
                file: path, line: found.offset + 1,
                "no mail leaves; write: EMAIL_BACKEND = os.environ.get(\"EMAIL_BACKEND\", \"django.core.mail.backends.smtp.EmailBackend\")"
            )
        }
    }
}

/// What only a developer's machine should have, by the file in which it counts.
private struct DevelopmentSign {
    /// Without blanks.
    let text: String
    let message: String
    /// Words before it that say it is meant for development.
    let guards: [String]

    static func all(for entry: SourceTree.Entry) -> [DevelopmentSign]? {
        switch entry.name {
        case "prod.exs", "runtime.exs", "releases.exs": return phoenix(entry.name)
        case "production.rb" where entry.path.contains("environments/"):
            return [
                DevelopmentSign(
                    text: "consider_all_requests_local=true",
                    message: "errors show source and settings; write: config.consider_all_requests_local = false",
                    guards: ["ENV"])
            ]
        case "Program.cs", "Startup.cs":
            return [
                DevelopmentSign(
                    text: "UseDeveloperExceptionPage()",
                    message: "errors show source and headers; write before it: if (app.Environment.IsDevelopment())",
                    guards: ["IsDevelopment", "!env.IsProduction", "#if DEBUG"])
            ]
        default: break
        }
        if entry.name.hasPrefix("application"), !DevelopmentPath.isLikely(entry.path),
            [".yml", ".yaml", ".properties"].contains(where: entry.name.hasSuffix)
        {
            return [
                DevelopmentSign(
                    text: "endpoints.web.exposure.include=*",
                    message:
                        "env, heapdump and beans are public; write: management.endpoints.web.exposure.include=health",
                    guards: [])
            ]
        }
        guard entry.name.hasSuffix("wsgi.py") else { return nil }
        return [
            DevelopmentSign(
                text: "DebuggedApplication(", message: "every visitor can run Python; delete DebuggedApplication",
                guards: ["if "])
        ]
    }

    private static func phoenix(_ name: String) -> [DevelopmentSign] {
        // What stands in a block for another environment is none of production.
        let guards = [":dev do", ":test do"]
        return [
            ("dev_routes:true", "the dashboard and everybody's mails are public at /dev; delete the line"),
            (
                "show_sensitive_data_on_connection_error:true",
                "the database's password can reach the log; delete the option"
            ),
            ("debug_errors:true", "errors show the source to visitors; delete the option"),
            ("code_reloader:true", "the server compiles on each request; delete the option"),
            (
                "check_origin:false",
                "any page can open a socket with the visitor's login; write: check_origin: [\"https://HOST\"]"
            ),
        ].map { DevelopmentSign(text: $0.0, message: $0.1, guards: guards) }
    }
}

/// Spring's settings in YAML, whose names stand on lines of their own.
private enum SpringSettings {
    static func violations(in entry: SourceTree.Entry, _ text: String) -> [Violation] {
        guard entry.name.hasPrefix("application"), !DevelopmentPath.isLikely(entry.path) else { return [] }
        var found: [Violation] = []
        let isProduction = DevelopmentPath.isProduction(entry.name)
        if entry.name.hasSuffix(".properties") {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
            if isProduction, let line = lines.firstIndex(of: "spring.h2.console.enabled=true") {
                found.append(console(entry, line + 1))
            }
            return found
        }
        guard let root = YAMLDocument(parsing: text).root else { return [] }
        if let node = root.at("management", "endpoints", "web", "exposure", "include"), node.text == "*" {
            found.append(
                Violation(
                    file: entry.path, line: node.line,
                    "env, heapdump and beans are public; write: include: health"))
        }
        if isProduction, let node = root.at("spring", "h2", "console", "enabled"), node.bool == true {
            found.append(console(entry, node.line))
        }
        return found
    }

    private static func console(_ entry: SourceTree.Entry, _ line: Int) -> Violation {
        Violation(file: entry.path, line: line, "whoever finds /h2-console runs SQL and Java; delete the line")
    }
}

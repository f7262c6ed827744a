// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The door to every table stands open.
    static let adminWithoutLogin = Rule(
        "EN242", .warning, "an administration page asks for no login",
        why:
            "The package shows the tables, the jobs or the settings to whoever finds the address, and lets them change "
            + "them: it asks for a login only when it is told how.",
        catches: [
            ["admin.py": "from sqladmin import Admin\nadmin = Admin(app, engine, title=\"Shop\")\n"],
            ["admin.py": "from starlette_admin.contrib.sqla import Admin\nadmin = Admin(engine)\n"],
            [
                "admin.py":
                    "from flask_admin import Admin\nfrom flask_admin.contrib.sqla import ModelView\nadmin = Admin(app)\nadmin.add_view(ModelView(User, db.session))\n"
            ],
            ["admin.ts": "const router = AdminJSExpress.buildRouter(admin)\napp.use('/admin', router)\n"],
            [
                "queues.ts":
                    "createBullBoard({ queues, serverAdapter })\napp.use('/queues', serverAdapter.getRouter())\n"
            ],
            [
                "board.js": "createBullBoard({ queues, serverAdapter })\n",
                "server.js": "app.use('/admin/jobs', bullBoardAdapter.getRouter())\n",
            ],
            [
                "config/routes.rb":
                    "require 'sidekiq/web'\nRails.application.routes.draw do\n  mount Sidekiq::Web => '/sidekiq'\nend\n"
            ],
            [
                "src/main/java/Security.java":
                    "http.csrf(c -> c.disable())\n  .authorizeHttpRequests(a -> a.anyRequest().permitAll());\n"
            ],
            ["lib/web/router.ex": "scope \"/\" do\n  pipe_through :browser\n  live_dashboard \"/dashboard\"\nend\n"],
            [
                "config/blazer.yml":
                    "data_sources:\n  main:\n    url: <%= ENV['URL'] %>\n# before_action_method: require_admin\n",
                "config/routes.rb":
                    "Rails.application.routes.draw do\n  root 'a#b'\n  mount Blazer::Engine, at: 'blazer'\nend\n",
            ],
            ["server.js": "app.use('/dash', Agendash(agenda))\n"],
            ["urls.py": "urlpatterns += [path('silk/', include('silk.urls', namespace='silk'))]\n"],
        ],
        passes: [
            ["admin.py": "from sqladmin import Admin\nadmin = Admin(app, engine, authentication_backend=backend)\n"],
            [
                "admin.py":
                    "from flask_admin import Admin\nclass View(ModelView):\n    def is_accessible(self):\n        return ok()\nadmin = Admin(app)\n"
            ],
            ["admin.ts": "const router = AdminJSExpress.buildAuthenticatedRouter(admin, login)\n"],
            [
                "queues.ts":
                    "createBullBoard({ queues, serverAdapter })\napp.use('/queues', requireAdmin, serverAdapter.getRouter())\n"
            ],
            [
                "config/routes.rb":
                    "authenticate :user, ->(u) { u.admin? } do\n  mount Sidekiq::Web => '/sidekiq'\nend\n"
            ],
            [
                "config/blazer.yml": "before_action_method: require_admin\n",
                "config/routes.rb":
                    "Rails.application.routes.draw do\n  mount Blazer::Engine, at: 'blazer'\nend\n",
            ],
            ["urls.py": "if settings.DEBUG:\n    urlpatterns += [path('silk/', include('silk.urls'))]\n"],
            [
                "src/main/java/Security.java":
                    "a.requestMatchers(\"/api/**\").authenticated().anyRequest().permitAll();\n"
            ],
            [
                "lib/web/router.ex":
                    "if Application.compile_env(:shop, :dev_routes) do\n  live_dashboard \"/dashboard\"\nend\n"
            ],
        ]
    ) { repository in
        AdminPage.all.flatMap { page in
            repository.code(page.endings, with: [page.word]).compactMap { code in
                guard let line = page.line(code) else { return nil }
                return Violation(file: code.path, line: line, page.message)
            }
        }
            + repository.openRailsConsoles.map { found in
                Violation(
                    file: found.file, line: found.line,
                    "whoever finds the address \(found.console.effect); put it in a block: "
                        + "authenticate :user, ->(u) { u.admin? } do")
            }
    }
}

/// A package that shows an application's inside, and what makes it ask for a login.
private struct AdminPage: Sendable {
    let endings: [String]
    /// What a file must hold to be looked at.
    let word: String
    let message: String
    /// One-based; `nil` when it asks for a login.
    let line: @Sendable (CodeText) -> Int?

    static let all = [
        sqlAdmin, starletteAdmin, flaskAdmin, adminJS, bullBoard, springSecurity, liveDashboard, agendash,
        queueDashboard,
        silk,
    ]

    private static let sqlAdmin = AdminPage(
        endings: [".py"], word: "sqladmin",
        message: "every table is open to whoever finds /admin; write: Admin(app, engine, authentication_backend=...)"
    ) { code in
        guard code.bare.contains(where: { $0.contains("fromsqladminimport") && $0.contains("Admin") }) else {
            return nil
        }
        guard code.line(with: "authentication_backend=") == nil else { return nil }
        // A class of the application's own is made from the package's.
        return code.bare.firstIndex { line in
            !line.hasPrefix("class")
                && ["Admin(app,", "Admin(app=", "Admin(engine", "Admin(self.app"].contains(where: line.contains)
        }.map { $0 + 1 }
    }

    private static let starletteAdmin = AdminPage(
        endings: [".py"], word: "starlette_admin",
        message: "every table is open to whoever finds /admin; write: Admin(engine, auth_provider=...)"
    ) { call("Admin(", without: "auth_provider", in: $0) }

    private static let flaskAdmin = AdminPage(
        endings: [".py"], word: "flask_admin",
        message: "every table is open to whoever finds /admin; give the views a method is_accessible"
    ) { code in
        guard code.line(with: "is_accessible", "login_required", "BasicAuth") == nil else { return nil }
        return code.line(with: ".add_view(ModelView(")
    }

    private static let adminJS = AdminPage(
        endings: [".js", ".ts", ".mjs"], word: "AdminJS",
        message: "every table is open to whoever finds it; write: buildAuthenticatedRouter"
    ) { $0.line(with: "AdminJSExpress.buildRouter(", "AdminJSFastify.buildRouter(") }

    private static let bullBoard = AdminPage(
        endings: [".js", ".ts", ".mjs"], word: ".getRouter()",
        message: "whoever finds the address reads the jobs and runs them again; put a middleware that asks for a login "
            + "before getRouter()"
    ) { code in
        code.bare.firstIndex { line in
            guard line.contains(".getRouter()"), let use = TextSearch.range(of: ".use('", in: line[...]) else {
                return false
            }
            // Only the path stands before it.
            let arguments = line[use.upperBound...].split(separator: ",")
            let lower = line.lowercased()
            return arguments.count == 2 && !lower.contains("auth")
                && (code.line(with: "createBullBoard") != nil || ["bull", "queue"].contains(where: lower.contains))
        }.map { $0 + 1 }
    }

    private static let agendash = AdminPage(
        endings: [".js", ".ts", ".mjs"], word: "gendash",
        message:
            "whoever finds the address reads and deletes the jobs; put a middleware that asks for a login before it"
    ) { code in
        code.bare.firstIndex { line in
            line.contains(",Agendash(") && line.contains(".use('") && line.split(separator: ",").count <= 3
                && !line.lowercased().contains("auth")
        }.map { $0 + 1 }
    }

    private static let queueDashboard = AdminPage(
        endings: [".py"], word: "rq_dashboard",
        message:
            "whoever finds the address reads and deletes the jobs; set RQ_DASHBOARD_USERNAME and RQ_DASHBOARD_PASSWORD"
    ) { code in
        guard code.line(with: "RQ_DASHBOARD_USERNAME", "basic_auth", "before_request") == nil else { return nil }
        return code.line(with: "register_blueprint(rq_dashboard.blueprint")
    }

    private static let silk = AdminPage(
        endings: [".py"], word: "silk.urls",
        message: "everybody reads the recorded requests with their cookies; write SILKY_AUTHENTICATION = True and "
            + "SILKY_AUTHORISATION = True, or include it in DEBUG alone"
    ) { code in
        guard let line = code.line(with: "include('silk.urls'") else { return nil }
        return code.isGuarded(line, by: ["DEBUG", "debug", "SILK"], before: 6) ? nil : line
    }

    private static let springSecurity = AdminPage(
        endings: [".java", ".kt"], word: "anyRequest()",
        message:
            "every address is open to everybody; write: anyRequest().authenticated(), and permit the public ones by name"
    ) { code in
        let rules = [
            "authenticated()", "hasRole(", "hasAuthority(", "hasAnyRole(", "hasAnyAuthority(", "access(", "denyAll(",
        ]
        guard code.line(withAny: rules) == nil, code.line(with: "@PreAuthorize", "EnableMethodSecurity") == nil else {
            return nil
        }
        return code.line(with: "anyRequest().permitAll()")
    }

    private static let liveDashboard = AdminPage(
        endings: ["router.ex"], word: "live_dashboard",
        message: "everybody sees the running system; put it behind a pipeline that asks for a login, or into dev_routes"
    ) { code in
        guard let line = code.line(with: "live_dashboard'") else { return nil }
        let words = ["dev_routes", "Mix.env", "require_", "auth", "admin", "config_env"]
        return code.isGuarded(line, by: words, before: 12) ? nil : line
    }

    private static func call(_ name: String, without option: String, in code: CodeText) -> Int? {
        guard code.line(with: option + "=") == nil, let body = code.body(after: "=" + name), !body.text.contains("**")
        else {
            return nil
        }
        return body.line
    }
}

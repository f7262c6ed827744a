// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Engines that a Rails application mounts, and that show its inside to everybody unless they are told to ask.
struct RailsConsole: Sendable {
    /// `Blazer::Engine`
    let name: String
    /// What everybody can do there.
    let effect: String
    /// One of them anywhere below `config` or in the platform's files closes it.
    let closed: [String]

    static let all = [
        RailsConsole(
            name: "Sidekiq::Web", effect: "reads and deletes the jobs",
            closed: ["Sidekiq::Web.use", "Sidekiq::Web.app"]),
        RailsConsole(
            name: "Blazer::Engine", effect: "asks the database whatever it likes",
            closed: ["BLAZER_PASSWORD", "before_action_method:", "before_action:"]),
        RailsConsole(
            name: "PgHero::Engine", effect: "sees the database's queries", closed: ["PGHERO_PASSWORD"]),
        RailsConsole(
            name: "GoodJob::Engine", effect: "reads and deletes the jobs",
            closed: ["GoodJob::Engine.middleware", "GoodJob::ApplicationController", "good_job.authentication"]),
        RailsConsole(
            name: "RailsAdmin::Engine", effect: "changes every table", closed: ["authenticate_with", "authorize_with"]),
        RailsConsole(name: "Flipper::UI", effect: "switches features", closed: []),
        RailsConsole(name: "Resque::Server", effect: "reads and deletes the jobs", closed: ["Resque::Server.use"]),
        RailsConsole(name: "DelayedJobWeb", effect: "reads and deletes the jobs", closed: ["DelayedJobWeb.use"]),
        RailsConsole(
            name: "SolidErrors::Engine", effect: "reads the errors with their requests",
            closed: ["SOLIDERRORS_PASSWORD", "solid_errors.password", "base_controller_class"]),
        RailsConsole(name: "Avo::Engine", effect: "changes every table", closed: ["authenticate_with"]),
    ]

    private static let guards = [
        "authenticate", "constraints", "Auth", "authorized", "development?", "local?", "admin?", "constraint",
    ]

    /// One-based line of the mount that nothing guards.
    func line(in code: CodeText, settings: [String]) -> Int? {
        let signs = ["mount\(name)", "mount(\(name)", "mount::\(name)", "mount\(name).app"]
        guard let line = code.line(withAny: signs),
            !closed.contains(where: { sign in settings.contains { $0.contains(sign) } })
        else { return nil }
        // The nearest block around it asks, or the line itself.
        let own = code.lines[line - 1]
        let indent = own.prefix { $0 == " " || $0 == "\t" }.utf8.count
        let isGuarded = code.lines[..<line].enumerated().contains { index, text in
            let isAround = index == line - 1 || text.prefix { $0 == " " || $0 == "\t" }.utf8.count < indent
            return isAround && Self.guards.contains { text.contains($0) }
        }
        return isGuarded ? nil : line
    }
}

extension CheckedRepository {
    /// Mounts of `config/routes.rb` that everybody can open.
    var openRailsConsoles: [(console: RailsConsole, file: String, line: Int)] {
        let routes = tree.files(named: "routes.rb").filter { !DevelopmentPath.isLikely($0.path) }
        guard !routes.isEmpty else { return [] }
        let settings = tree.entries.filter { entry in
            entry.path.contains("config/") && [".rb", ".yml"].contains(where: entry.name.hasSuffix)
                || ["render.yaml", "fly.toml", "Procfile", "app.json"].contains(entry.name)
                || entry.name.hasPrefix(".env")
        }.compactMap { entry in
            tree.text(entry.path).map { text in
                text.split(separator: "\n").filter { !$0.trimmed.hasPrefix("#") }.joined(separator: "\n")
            }
        }
        return routes.flatMap { entry -> [(RailsConsole, String, Int)] in
            guard let text = tree.text(entry.path), text.contains("mount") else { return [] }
            let code = CodeText(path: entry.path, text: text)
            return RailsConsole.all.compactMap { console in
                console.line(in: code, settings: settings).map { (console, entry.path, $0) }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A program that answers HTTP by being run as a file: Streamlit, Gradio, Tornado, aiohttp and their like.
struct PythonScriptServer: Sendable {
    let framework: String
    let path: String
    let line: Int
    /// Seen from the code base's folder.
    let start: StartCommand
    let healthPath: String?
    /// May stand beside another web service of the same code base.
    let standsBeside: Bool

    private static let usualNames = [
        "streamlit_app": 10, "app": 8, "main": 8, "home": 7, "ui": 5, "dashboard": 5, "frontend": 5, "gradio_app": 10,
        "server": 6, "run": 5, "__main__": 5, "web": 5,
    ]

    /// The likeliest such program of a code base.
    static func find(in project: PythonProject, stated: StatedCommands) -> PythonScriptServer? {
        page("streamlit", in: project, stated) ?? page("chainlit", in: project, stated)
            ?? program(in: project) ?? runner(in: project)
    }

    /// A program whose server hides in a class of its own: it makes a framework's application somewhere and has a file
    /// at the top that people run.
    private static func runner(in project: PythonProject) -> PythonScriptServer? {
        let servers = ["wsgiserver", "waitress", "gevent", "cheroot", "cherrypy", "werkzeug", "uvicorn", "hypercorn"]
        let made = project.sources.lazy.compactMap { source -> PythonFramework? in
            source.calls.lazy.compactMap {
                source.qualified($0.call.callee).flatMap { PythonFramework.constructors[$0] }
            }
            .first
        }.first
        let serves = project.sources.contains { source in
            source.imports.values.contains { name in
                servers.contains(name.split(separator: ".").first.map { $0.lowercased() } ?? "")
            }
                || source.calls.contains {
                    $0.call.callee.lastName == "run"
                        && ($0.call.argument("port") != nil || $0.call.argument("host") != nil)
                }
        }
        let program = project.sources.filter { $0.mainBlockLine != nil && $0.path.parentDirectory == project.directory }
            .max { left, right in
                func rank(_ source: PythonSource) -> Int {
                    usualNames[String(source.path.lastPathComponent.dropLast(3))] ?? 0
                }
                return (rank(left), right.path) < (rank(right), left.path)
            }
        guard let made, serves, let program, let file = program.path.relative(to: project.directory) else { return nil }
        return PythonScriptServer(
            framework: made.name, path: program.path, line: program.mainBlockLine ?? 1,
            start: StartCommand(run(file, program)), healthPath: nil, standsBeside: false)
    }

    /// Files that a framework's own command runs.
    private static func page(_ framework: String, in project: PythonProject, _ stated: StatedCommands)
        -> PythonScriptServer?
    {
        let named = Set(
            stated.argument(of: framework, "run").flatMap { item -> [String] in
                let file = item.text.hasPrefix("./") ? String(item.text.dropFirst(2)) : item.text
                let folders = PathText.ancestors(of: item.line.file.parentDirectory) + [project.directory]
                let exact = folders.map { $0.appending(path: file) }.first(where: project.modules.tree.contains)
                // Absolute in an image: the last component is what counts.
                return [exact ?? file.lastPathComponent]
            })
        let candidates = project.sources.filter { source in
            let parts = source.path.split(separator: "/")
            return !parts.dropLast().contains("pages") && parts.last != "__init__.py"
                && source.imports.values.contains { $0 == framework || $0.hasPrefix(framework + ".") }
        }
        func isNamed(_ path: String) -> Bool { named.contains(path) || named.contains(path.lastPathComponent) }
        func rank(_ source: PythonSource) -> Int {
            let stem = source.path.lastPathComponent.dropLast(3).lowercased()
            let folder = source.path.parentDirectory
            var rank = usualNames[stem] ?? (stem.contains("app") || stem.contains("main") ? 4 : 0)
            if isNamed(source.path) { rank += 100 }
            if project.modules.tree.hasDirectory(folder.appending(path: "pages")) { rank += 6 }
            if source.mainBlockLine != nil { rank += 3 }
            if source.calls.contains(where: { $0.call.callee.lastName == "set_page_config" }) { rank += 5 }
            if source.calls.contains(where: { $0.statement.scope.isEmpty && isUse($0.call, source) }) { rank += 5 }
            return rank - 2 * source.path.count { $0 == "/" }
        }
        func isUse(_ call: PythonCall, _ source: PythonSource) -> Bool {
            source.qualified(call.callee)?.hasPrefix(framework + ".") ?? false
        }
        let best = candidates.map { ($0, rank($0)) }.max { ($0.1, $1.0.path) < ($1.1, $0.0.path) }
        guard let (source, score) = best, score > -4,
            let file = source.path.relative(to: project.directory),
            isNamed(source.path) || project.dependency(framework) != nil || project.dependencies.isEmpty
        else { return nil }
        let isStreamlit = framework == "streamlit"
        let port = isStreamlit ? configured(project) ?? 8501 : 8000
        let options =
            isStreamlit
            ? "--server.port ${PORT:-\(port)} --server.address ${HOST:-0.0.0.0} --server.headless true"
            : "--headless --host ${HOST:-0.0.0.0} --port ${PORT:-8000}"
        return PythonScriptServer(
            framework: framework, path: source.path, line: source.statements.first?.line ?? 1,
            start: StartCommand(
                "\(framework) run \(ShellWord.quote(file)) \(options)", port: port, portVariable: "PORT",
                hostVariable: "HOST"),
            // streamlit.web.server.server serves this one since 1.12.
            healthPath: isStreamlit ? "/_stcore/health" : nil, standsBeside: true)
    }

    /// `[server] port` of Streamlit's own configuration, in the code base's folder or the repository's.
    private static func configured(_ project: PythonProject) -> UInt16? {
        Set([project.directory, "."]).sorted().reversed().lazy.compactMap { folder in
            project.modules.tree.text(folder.appending(path: ".streamlit/config.toml")).flatMap {
                TOMLDocument(parsing: $0).root?["server"]?["port"]?.int
            }
        }.first.flatMap { UInt16(exactly: $0) }
    }

    /// Calls that listen: the call's qualified name, the framework, its port, the argument that moves it.
    private static let listeners: [(call: String, framework: String, port: UInt16, portName: String, position: Int?)] =
        [
            ("nicegui.ui.run", "nicegui", 8080, "port", nil), ("aiohttp.web.run_app", "aiohttp", 8080, "port", nil),
            ("bottle.run", "bottle", 8080, "port", nil), ("gradio.*.launch", "gradio", 7860, "server_port", nil),
            ("tornado.*.listen", "tornado", 8888, "port", 0),
            ("http.server.HTTPServer", "http.server", 8000, "port", nil),
            ("http.server.ThreadingHTTPServer", "http.server", 8000, "port", nil),
        ]

    private static func program(in project: PythonProject) -> PythonScriptServer? {
        var found: [(server: PythonScriptServer, rank: Int)] = []
        for source in project.sources where imports(source, libraries) {
            for item in source.calls {
                guard let row = listeners.first(where: { matches(item.call, $0.call, source) }),
                    let file = source.path.relative(to: project.directory)
                else { continue }
                let given =
                    item.call.argument(row.portName, at: row.position)
                    ?? (row.framework == "http.server" ? item.call.argument(nil, at: 0)?.elements?.last : nil)
                let setting = given.flatMap { PythonSetting.of($0, in: source, project.modules) }
                let stem = file.lastPathComponent.dropLast(3).lowercased()
                let rank =
                    (usualNames[stem] ?? 0) - 2 * file.count { $0 == "/" } + (source.mainBlockLine == nil ? 0 : 3)
                found.append(
                    (
                        PythonScriptServer(
                            framework: row.framework, path: source.path, line: item.call.line,
                            start: start(row.framework, run(file, source), given == nil, setting, usual: row.port),
                            healthPath: nil,
                            standsBeside: false), rank
                    ))
            }
        }
        return found.max { ($0.rank, $1.server.path) < ($1.rank, $0.server.path) }?.server
    }

    /// The packages that the listeners come from.
    private static let libraries = Set(listeners.compactMap { $0.call.split(separator: ".").first.map(String.init) })

    private static func imports(_ source: PythonSource, _ packages: Set<String>) -> Bool {
        source.imports.values.contains { name in
            packages.contains(name.split(separator: ".", maxSplits: 1).first.map(String.init) ?? name)
        }
    }

    /// `gradio.*.launch` is any method `launch` in a file that imports Gradio.
    private static func matches(_ call: PythonCall, _ pattern: String, _ source: PythonSource) -> Bool {
        guard let star = pattern.firstRange(of: ".*.") else { return source.qualified(call.callee) == pattern }
        let library = pattern[..<star.lowerBound]
        guard case .attribute(_, let method) = call.callee, method == pattern[star.upperBound...] else { return false }
        return source.imports.values.contains { $0 == library || $0.hasPrefix(library + ".") }
    }

    /// A file that imports its own folder by name is found as a module of the folder above alone: Python looks beside the
    /// file that it runs, and not where it was started.
    private static func run(_ file: String, _ source: PythonSource) -> String {
        let parts = file.dropLast(3).split(separator: "/")
        guard file.hasSuffix(".py"), parts.count > 1, let top = parts.first,
            parts.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }),
            source.imports.values.contains(where: { $0 == top || $0.hasPrefix(top + ".") })
        else { return "python \(ShellWord.quote(file))" }
        return "python -m \(parts.joined(separator: "."))"
    }

    private static func start(
        _ framework: String, _ run: String, _ isUnset: Bool, _ setting: PythonSetting?, usual: UInt16
    ) -> StartCommand {
        if framework == "gradio", isUnset {
            return StartCommand(
                "GRADIO_SERVER_NAME=${HOST:-0.0.0.0} GRADIO_SERVER_PORT=${PORT:-7860} \(run)", port: usual,
                portVariable: "PORT", hostVariable: "HOST")
        }
        return StartCommand(
            run, port: setting?.value.flatMap { UInt16($0) } ?? usual, portVariable: setting?.variable)
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where a program that starts its own server listens: `uvicorn.run(app, host=…, port=…)`, `app.run(port=…)`.
struct PythonListening {
    let port: UInt16?
    let portVariable: String?
    let host: String?
    let hostVariable: String?
    let file: String
    let line: Int
    /// The application object is given as an object or a string, not made elsewhere.
    let isMainBlock: Bool

    /// The `bind` of a gunicorn configuration file, which gunicorn reads by itself when it has the usual name.
    init?(gunicornOf project: PythonProject, _ tree: SourceTree) {
        let names = ["gunicorn.conf.py", "gunicorn_config.py", "gunicorn_conf.py", "gunicorn.py"]
        guard let path = names.map({ project.directory.appending(path: $0) }).first(where: tree.contains),
            let text = tree.text(path)
        else { return nil }
        let source = PythonSource(path: path, text: text)
        if let bound = source.moduleAssignments["bind"],
            let setting = PythonSetting.of(bound.value, in: source, project.modules),
            let value = setting.value, let port = UInt16(value.split(separator: ":").last ?? "")
        {
            (self.port, portVariable, host, hostVariable) = (port, setting.variable, nil, nil)
            (file, line, isMainBlock) = (path, bound.line, false)
            return
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.hasPrefix("bind") {
            guard let literal = CodeLine(file: path, number: index + 1, indentation: 0, text: line).literals.first,
                let port = literal.split(separator: ":").last.flatMap({ UInt16($0) })
            else { continue }
            (self.port, portVariable, host, hostVariable) = (port, nil, nil, nil)
            (file, self.line, isMainBlock) = (path, index + 1, false)
            return
        }
        return nil
    }

    /// A program that serves a manual or helps while developing.
    private static func isAside(_ path: String, from application: String) -> Bool {
        let stem = path.lastPathComponent.dropLast(3).lowercased()
        let isProbe = ["health", "metrics", "prometheus", "probe"].contains { stem.drop { $0 == "_" }.hasPrefix($0) }
        let isWorkers = path.contains("/worker") && !application.contains("/worker")
        return path != application
            && (isProbe || isWorkers
                || ["docs_", "doc_", "mock", "dev_", "fake", "example"].contains { stem.hasPrefix($0) })
    }

    /// Hypercorn's own configuration object: `config.bind = ["0.0.0.0:8000"]`.
    private init?(hypercornIn source: PythonSource, _ modules: PythonModules) {
        guard source.imports.values.contains(where: { $0.hasPrefix("hypercorn") }) else { return nil }
        for statement in source.statements {
            guard case .assignment(let targets, _, let value?) = statement.kind, targets.first?.lastName == "bind",
                let setting = PythonSetting.of(value.elements?.first ?? value, in: source, modules),
                let text = setting.value, let port = UInt16(text.split(separator: ":").last ?? "")
            else { continue }
            (self.port, portVariable, host, hostVariable) = (port, setting.variable, nil, nil)
            (file, line, isMainBlock) = (source.path, statement.line, statement.scope.isEmpty)
            return
        }
        return nil
    }

    /// The first such call of a code base's files, those beside the application first.
    init?(_ project: PythonProject, near application: String) {
        let ordered = project.sources.sorted {
            ($0.path != application ? 1 : 0, $0.path) < ($1.path != application ? 1 : 0, $1.path)
        }
        for source in ordered where !Self.isAside(source.path, from: application) {
            if let own = PythonListening(hypercornIn: source, project.modules) {
                self = own
                return
            }
            for item in source.calls {
                let name = source.qualified(item.call.callee) ?? ""
                let isServer = ["uvicorn.run", "uvicorn.Config", "waitress.serve", "hypercorn.run", "granian.Granian"]
                    .contains(name)
                let isApp =
                    item.call.callee.lastName == "run"
                    && ["app", "application", "socketio", "flask_app", "server"].contains(
                        item.call.callee.dotted?.split(separator: ".").first.map(String.init) ?? "")
                    && item.call.callee.dotted?.count { $0 == "." } == 1
                guard isServer || isApp, item.call.argument("port") != nil || item.call.argument("host") != nil else {
                    continue
                }
                let port = item.call.argument("port").flatMap { PythonSetting.of($0, in: source, project.modules) }
                let host = item.call.argument("host").flatMap { PythonSetting.of($0, in: source, project.modules) }
                self.port = port?.value.flatMap { UInt16($0) }
                portVariable = port?.variable
                self.host = host?.value
                hostVariable = host?.variable
                file = source.path
                line = item.call.line
                isMainBlock = item.statement.scope.isEmpty
                return
            }
        }
        return nil
    }
}

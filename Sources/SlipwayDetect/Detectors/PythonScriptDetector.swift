// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Python programs that serve by themselves: Streamlit and Gradio pages, aiohttp, Sanic, Tornado, `http.server`.
struct PythonScriptDetector: Detector {
    let name = "python-script"
    var refines: [String] { ["python"] }

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            guard repository.pythonServices[project.directory] == nil else { return [] }
            return streamlit(project) ?? servers(project) ?? []
        }
    }

    private func claims(
        _ project: PythonProject, _ framework: String, _ start: StartCommand, _ port: UInt16, _ file: String,
        _ line: Int?, _ why: String, health: String? = nil
    ) -> [Evidence] {
        let subject = Subject(project.directory, Subject.web)
        func claim(_ claim: Claim, _ confidence: Double) -> Evidence {
            .claim(claim, for: subject, file: file, line: line, why: why, confidence: confidence)
        }
        return [
            claim(.role(.backend), 0.85), claim(.framework(framework), Confidence.code), claim(.start(start), 0.75),
            claim(.port(port), start.port == nil ? Confidence.convention : 0.75),
        ] + (health.map { [claim(.healthPath($0), Confidence.code)] } ?? [])
    }

    private func streamlit(_ project: PythonProject) -> [Evidence]? {
        guard project.dependency("streamlit") != nil else { return nil }
        let pages = project.sources.filter { $0.imports.values.contains("streamlit") && !$0.path.contains("/pages/") }
        let usual = ["streamlit_app.py", "app.py", "main.py", "Home.py", "home.py"]
        let ranked = pages.sorted { left, right in
            func rank(_ source: PythonSource) -> (Int, Int, String) {
                (source.path.count { $0 == "/" }, usual.firstIndex(of: source.path.lastPathComponent) ?? 9, source.path)
            }
            return rank(left) < rank(right)
        }
        guard let page = ranked.first, let file = page.path.relative(to: project.directory) else { return nil }
        let start = StartCommand(
            "streamlit run \(ShellWord.quote(file)) --server.port ${PORT:-8501} --server.address ${HOST:-0.0.0.0} --server.headless true",
            port: 8501, portVariable: "PORT", hostVariable: "HOST")
        // docs.streamlit.io, Deploy with Docker
        return claims(project, "streamlit", start, 8501, page.path, nil, "Streamlit page", health: "/_stcore/health")
    }

    private func servers(_ project: PythonProject) -> [Evidence]? {
        for source in project.sources {
            for item in source.calls {
                let name = source.qualified(item.call.callee) ?? ""
                let last = item.call.callee.lastName ?? ""
                let found: (framework: String, port: UInt16)? =
                    name == "aiohttp.web.run_app"
                    ? ("aiohttp", 8080)
                    : last == "launch" && source.imports.values.contains("gradio")
                        ? ("gradio", 7860)
                        : last == "listen" && source.imports.values.contains(where: { $0.hasPrefix("tornado") })
                            ? ("tornado", 8888)
                            : last == "run" && source.imports.values.contains(where: { $0 == "sanic.Sanic" })
                                ? ("sanic", 8000)
                                : name == "http.server.HTTPServer" || name == "http.server.ThreadingHTTPServer"
                                    ? ("http.server", 8000) : nil
                guard let found, let file = source.path.relative(to: project.directory) else { continue }
                let given =
                    item.call.argument("port") ?? item.call.argument("server_port")
                    ?? (found.framework == "tornado"
                        ? item.call.argument(nil, at: 0) : item.call.argument(nil, at: 0)?.elements?.last)
                let setting = given.flatMap { PythonSetting.of($0, in: source, project.modules) }
                let variable = setting?.variable ?? (found.framework == "gradio" ? "GRADIO_SERVER_PORT" : nil)
                let port = setting?.value.flatMap { UInt16($0) }
                let prefix = found.framework == "gradio" ? "GRADIO_SERVER_NAME=${HOST:-0.0.0.0} " : ""
                let start = StartCommand(
                    "\(prefix)python \(ShellWord.quote(file))", port: port, portVariable: variable,
                    hostVariable: prefix.isEmpty ? nil : "HOST")
                return claims(
                    project, found.framework, start, port ?? found.port, source.path, item.call.line, "serves here")
            }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The command that serves an application object with the server that the code base asks for.
enum PythonServer {
    static func command(for service: PythonService, _ project: PythonProject) -> StartCommand {
        let application = service.application
        let port = application.framework.usualPort
        let names = Set(project.dependencies.map(\.name))
        let portText = "${PORT:-\(port)}"
        let hostText = "${HOST:-0.0.0.0}"
        let folder = service.importFolder
        let target = application.isFactory ? service.target : service.target
        let text: String
        if application.framework.interface == .asgi {
            let factory = application.isFactory ? " --factory" : ""
            let place = folder == "." ? "" : " --app-dir \(ShellWord.quote(folder))"
            if names.contains("granian"), !hasUvicorn(names, project) {
                text = "granian --interface asgi\(factory) --host \(hostText) --port \(portText) \(target)"
            } else if names.contains("hypercorn"), !hasUvicorn(names, project) {
                text = prefixed(folder, "hypercorn \(target) --bind \(hostText):\(portText)")
            } else if names.contains("daphne"), !hasUvicorn(names, project), !application.isFactory {
                text = prefixed(folder, "daphne -b \(hostText) -p \(portText) \(target)")
            } else {
                text = "uvicorn\(factory)\(place) \(target) --host \(hostText) --port \(portText)"
            }
        } else {
            let object = application.isFactory ? "'\(service.target)()'" : service.target
            if names.contains("waitress"), !names.contains("gunicorn") {
                let call = application.isFactory ? "--call " : ""
                text = prefixed(folder, "waitress-serve --listen=\(hostText):\(portText) \(call)\(service.target)")
            } else {
                let place = folder == "." ? "" : " --chdir \(ShellWord.quote(folder))"
                text = "gunicorn\(place) \(object) --bind \(hostText):\(portText)"
            }
        }
        return StartCommand(text, port: port, portVariable: "PORT", hostVariable: "HOST")
    }

    /// uvicorn comes with `fastapi[standard]` and `fastapi[all]` too.
    private static func hasUvicorn(_ names: Set<String>, _ project: PythonProject) -> Bool {
        names.contains("uvicorn")
            || project.dependencies.contains {
                $0.name == "fastapi" && !Set($0.extras).isDisjoint(with: ["standard", "all"])
            }
    }

    private static func prefixed(_ folder: String, _ command: String) -> String {
        folder == "." ? command : "PYTHONPATH=\(ShellWord.quote(folder)) \(command)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The command that serves an application object with the server that the code base asks for.
enum PythonServer {
    static func command(for service: PythonService, _ project: PythonProject) -> StartCommand {
        let application = service.application
        let names = Set(project.dependencies.map(\.name))
        // A program that starts a server itself tells the port and the variables it is moved by.
        let own = PythonListening(project, near: application.path)
        let port = own?.port ?? application.framework.usualPort
        let portVariable = own?.portVariable ?? "PORT"
        let hostVariable = own?.hostVariable ?? "HOST"
        let portText = "${\(portVariable):-\(port)}"
        let hostText = "${\(hostVariable):-0.0.0.0}"
        let folder = service.importFolder
        let text: String
        if application.framework.interface == .asgi {
            let factory = application.isFactory ? " --factory" : ""
            let place = folder == "." ? "" : " --app-dir \(ShellWord.quote(folder))"
            if names.contains("granian"), !hasUvicorn(names, project) {
                text = "granian --interface asgi\(factory) --host \(hostText) --port \(portText) \(service.target)"
            } else if names.contains("hypercorn"), !hasUvicorn(names, project) {
                text = prefixed(folder, "hypercorn \(service.target) --bind \(hostText):\(portText)")
            } else if names.contains("daphne"), !hasUvicorn(names, project), !application.isFactory {
                text = prefixed(folder, "daphne -b \(hostText) -p \(portText) \(service.target)")
            } else {
                text = "uvicorn\(factory)\(place) \(service.target) --host \(hostText) --port \(portText)"
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
        // The usual port alone is no statement: a file that names another one is believed.
        return StartCommand(text, port: own?.port, portVariable: portVariable, hostVariable: hostVariable)
    }

    /// uvicorn comes with `fastapi[standard]` and `fastapi[all]` too.
    static func hasUvicorn(_ names: Set<String>, _ project: PythonProject) -> Bool {
        !names.isDisjoint(with: ["uvicorn", "fastapi-cli"])
            || project.dependencies.contains {
                $0.name == "fastapi" && !Set($0.extras).isDisjoint(with: ["standard", "all"])
            }
    }

    private static func prefixed(_ folder: String, _ command: String) -> String {
        folder == "." ? command : "PYTHONPATH=\(ShellWord.quote(folder)) \(command)"
    }
}

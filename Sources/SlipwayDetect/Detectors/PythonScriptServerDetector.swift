// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Python programs that answer HTTP by being run as a file: Streamlit, Chainlit, Gradio, NiceGUI, Tornado, aiohttp,
/// Bottle.
struct PythonScriptServerDetector: Detector {
    let name = "python-script-server"
    var refines: [String] { ["python"] }
    let account = DetectorAccount(
        recognises:
            "Programs that answer HTTP by being run as a file: Streamlit, Chainlit, Gradio, NiceGUI, Tornado, aiohttp, Bottle.",
        reads: ["imports and the calls that listen", "commands in scripts and documents"],
        confidence: "90 %, the command 75 %")

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            guard let server = PythonScriptServer.find(in: project, stated: repository.stated) else { return [] }
            let hasOther =
                repository.django[project.directory] != nil || repository.pythonServices[project.directory] != nil
            guard !hasOther || server.standsBeside else { return [] }
            let subject = Subject(project.directory, hasOther ? server.framework : Subject.web)
            var testimony = Testimony(subject)
            let why = "\(server.framework) program"
            testimony.say(.role(.backend), file: server.path, line: server.line, why)
            testimony.say(.framework(server.framework), file: server.path, line: server.line, why)
            testimony.say(.start(server.start), file: server.path, line: server.line, why, 0.75)
            if server.start.port == nil, let usual = PythonFramework.usualPort(of: server.framework) {
                testimony.say(
                    .port(usual), file: server.path, "\(server.framework)'s usual port", Confidence.convention)
            }
            if let port = server.start.port {
                testimony.say(.port(port), file: server.path, line: server.line, why, 0.7)
            }
            if let path = server.healthPath {
                testimony.say(.healthPath(path), file: server.path, line: server.line, "built into \(server.framework)")
            }
            return testimony.evidence
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The port is open on the host and closed behind it.
    static let socketBehindPort = Rule(
        "AP630", .error, "a server listens at a socket alone, and its container publishes a port",
        why:
            "A Unix socket is a file. Nothing listens on the port that Compose publishes or the image exposes: every request "
            + "ends with connection refused or reset.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n",
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nCMD [\"daphne\", \"-u\", \"/tmp/daphne.sock\", \"chat.asgi:application\"]\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nEXPOSE 8000\nCMD [\"gunicorn\", \"--bind\", \"unix:/run/app.sock\", \"shop.wsgi\"]\n"
            ],
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n",
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"-b\", \"unix:/run/app.sock\", \"-b\", \"0.0.0.0:8000\", \"shop.wsgi\"]\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    volumes: ['sock:/run/app']\n  edge:\n    image: nginx:1.27\n"
                    + "    ports: ['80:80']\n    volumes: ['sock:/run/app']\nvolumes: {sock: {}}\n",
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nEXPOSE 8000\nCMD [\"gunicorn\", \"--bind\", \"unix:/run/app/a.sock\", \"shop.wsgi\"]\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nRUN apt-get update && apt-get install -y nginx\nCOPY . .\nEXPOSE 80\nCMD [\"./start.sh\"]\n",
                "start.sh": "nginx\nexec gunicorn --bind unix:/run/app.sock shop.wsgi\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard let server = unit.server, let socket = SocketBinding.only(of: server.line),
                !SocketBinding.isServed(unit)
            else { return nil }
            let advice = "write: \(SocketBinding.advice(for: server.line.program))"
            if let port = unit.service?.ports.first {
                return Violation(
                    file: unit.compose?.location, line: port.position.line,
                    "\(unit.name) publishes \(port.target), and \(server.line.program) listens at \(socket) alone "
                        + "(\(server.file):\(server.number)); \(advice)")
            }
            let isShared = unit.service?.mounts.contains { socket.hasPrefix(GoPath.clean($0.target) + "/") } == true
            guard let port = unit.exposedPorts.first, !isShared else { return nil }
            return Violation(
                file: server.file, line: server.number,
                "\(unit.dockerfile.location) exposes \(port), and \(server.line.program) listens at \(socket) alone; "
                    + advice)
        }
    }
}

/// What a server's words say about sockets.
private enum SocketBinding {
    /// The socket at which it listens, when it listens nowhere else.
    static func only(of line: ServerCommandLine) -> String? {
        let names: [String: (socket: Set<String>, port: Set<String>)] = [
            "gunicorn": (["-b", "--bind"], ["-b", "--bind"]),
            "hypercorn": (["-b", "--bind"], ["-b", "--bind"]),
            "uvicorn": (["--uds"], ["--port", "--host", "--fd"]),
            "daphne": (["-u", "--unix-socket"], ["-p", "--port", "-b", "--bind", "-e", "--endpoint", "--fd"]),
        ]
        guard let options = names[line.program] else { return nil }
        var socket: String?
        var rest = line.words[...]
        while let word = rest.popFirst() {
            let equals = word.firstIndex(of: "=")
            let name = String(word[..<(equals ?? word.endIndex)])
            guard options.socket.contains(name) || options.port.contains(name) else { continue }
            let value = equals.map { String(word[word.index(after: $0)...]) } ?? rest.first ?? ""
            let isSocket = options.socket.contains(name) && (!options.port.contains(name) || value.hasPrefix("unix:"))
            guard isSocket, !value.contains("$") else { return nil }
            socket = value.hasPrefix("unix:") ? String(value.dropFirst(5)) : value
        }
        return socket
    }

    /// Whether something else in the container can take the port's requests to the socket.
    static func isServed(_ unit: DeployedUnit) -> Bool {
        let proxies = ["nginx", "caddy", "supervisor", "socat", "haproxy", "httpd", "apache", "traefik", "envoy", "s6"]
        let texts =
            unit.instructions.map(\.text) + (unit.script(of: unit.entryWords)?.lines ?? [])
            + [unit.dockerfile.finalBase ?? "", unit.service?.command?.text ?? ""]
        return texts.contains { text in proxies.contains(where: text.lowercased().contains) }
    }

    static func advice(for program: String) -> String {
        switch program {
        case "uvicorn": "--host 0.0.0.0 --port 8000"
        case "daphne": "-b 0.0.0.0 -p 8000"
        default: "--bind 0.0.0.0:8000"
        }
    }
}

extension DeployedUnit {
    /// The words of what the container starts first.
    fileprivate var entryWords: [String] {
        if let entry = instructions.last(where: { $0.keyword == "ENTRYPOINT" }) { return entry.arguments }
        if let command = service?.command { return [command.text] }
        return instructions.last { $0.keyword == "CMD" }?.arguments ?? []
    }
}

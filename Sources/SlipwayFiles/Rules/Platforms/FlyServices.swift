// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Ports and checks of fly.toml.
extension Rule<CheckedFile<FlyToml>> {
    /// Fly's proxy asks where nobody answers.
    static let flyPort = Rule(
        "FL003", .error, "internal_port is not where the application listens",
        why: "Fly's proxy finds nobody on the port: checks fail and the release stops.",
        catches: [
            [
                "fly.toml": "app = 'a'\n[http_service]\ninternal_port = 8080\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
            ],
            ["fly.toml": "app = 'a'\n[http_service]\nforce_https = true\n"],
        ],
        passes: [
            [
                "fly.toml": "app = 'a'\n[http_service]\ninternal_port = 8000\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
            ]
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard let port = service.internalPort else {
                let isMissing = service.node["internal_port"] == nil
                return isMissing
                    ? Violation(line: service.node.line, "the service has no port; add: internal_port = 8080") : nil
            }
            guard service.processes.isEmpty || service.processes == ["app"], file.document.processes.isEmpty,
                let unit = FlyImages.unit(of: file), let number = UInt16(exactly: port)
            else { return nil }
            let given = file.document.environment.first { $0.name == "PORT" }?.value
            guard given == nil else { return nil }
            let ports = unit.listeningPorts
            guard !ports.isEmpty, !ports.contains(number) else { return nil }
            return Violation(
                line: service.node["internal_port"]?.line ?? service.node.line,
                "the image listens on \(ports.sorted().map(String.init).joined(separator: ", ")) "
                    + "(\(unit.imageStart.map { "\($0.file):\($0.line)" } ?? unit.dockerfile.location)); "
                    + "write: internal_port = \(ports.sorted()[0])")
        }
    }

    /// Two services, one port, and one of them is lost.
    static let flyTwoServices = Rule(
        "FL004", .error, "http_service and services use one port",
        why: "flyctl accepts both, keeps one of them, and the other's checks fail.",
        catches: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[services]]\ninternal_port = 8080\nprotocol = 'tcp'\n"
        ],
        passes: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[services]]\ninternal_port = 9000\nprotocol = 'tcp'\n"
        ]
    ) { file in
        guard let http = file.document.root?["http_service"], let port = http["internal_port"]?.int else { return [] }
        return (file.document.root?["services"]?.sequence ?? []).filter { $0["internal_port"]?.int == port }.map {
            Violation(line: $0.line, "[http_service] has \(port) already; delete one of the two")
        }
    }

    /// flyctl refuses checks outside its limits.
    static let flyCheckRange = Rule(
        "FL006", .error, "a check is outside Fly's limits",
        why: "flyctl refuses an interval under 2 s and a timeout over 60 s.",
        catches: [
            "app = 'a'\n[checks.up]\ntype = 'http'\nport = 8080\npath = '/'\ninterval = '1s'\ntimeout = '5s'\n",
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = '/'\ninterval = '15s'\ntimeout = '90s'\n",
        ],
        passes: ["app = 'a'\n[checks.up]\ntype = 'http'\nport = 8080\npath = '/'\ninterval = '15s'\ntimeout = '5s'\n"]
    ) { file in
        FlyChecks.all(in: file.document).flatMap { check -> [Violation] in
            var found: [Violation] = []
            if let interval = check["interval"], let seconds = FlyChecks.seconds(interval), seconds < 2 {
                found.append(
                    Violation(line: interval.line, "\(interval.text ?? "") is too often; write: interval = \"15s\""))
            }
            if let timeout = check["timeout"], let seconds = FlyChecks.seconds(timeout), seconds > 60 {
                found.append(
                    Violation(line: timeout.line, "\(timeout.text ?? "") is too long; write: timeout = \"10s\""))
            }
            return found
        }
    }

    /// A release that does not answer is not noticed.
    static let flyNoCheck = Rule(
        "FL007", .warning, "no check: Fly sends requests to what does not answer",
        why:
            "Without a check a release counts as good when its process runs; requests go to machines that do not answer, "
            + "and blue-green deployments are refused.",
        catches: ["app = 'a'\n[http_service]\ninternal_port = 8080\n"],
        passes: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = '/health'\ninterval = '15s'\n",
            "app = 'a'\n[http_service]\ninternal_port = 8080\n[checks.up]\ntype = 'http'\nport = 8080\npath = '/'\n",
        ]
    ) { file in
        guard let service = file.document.services.first, FlyChecks.all(in: file.document).isEmpty else { return [] }
        let path = file.repository.app?.services.compactMap(\.healthPath).first ?? "/"
        return [
            Violation(
                line: service.node.line,
                "nothing checks the service; add: [[http_service.checks]] with path = \"\(path)\", interval = \"15s\", timeout = \"5s\", grace_period = \"20s\""
            )
        ]
    }
}

/// Every check of a fly.toml.
enum FlyChecks {
    static func all(in file: FlyToml) -> [DataNode] {
        let named = (file.root?["checks"]?.mapping?.entries ?? []).map(\.value)
        let ofServices = file.services.flatMap { service in
            ["checks", "http_checks", "tcp_checks", "script_checks"].flatMap { service.node[$0]?.sequence ?? [] }
        }
        return named + ofServices
    }

    /// `10s`, `500ms`, `1m`; bare numbers are milliseconds.
    static func seconds(_ node: DataNode) -> Double? {
        if let number = node.int, node.string == nil { return Double(number) / 1000 }
        guard let text = node.text else { return nil }
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(digits) else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return value / 1000
        case "s": return value
        case "m": return value * 60
        default: return nil
        }
    }
}

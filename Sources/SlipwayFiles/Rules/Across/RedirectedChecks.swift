// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// SSL: WRONG_VERSION_NUMBER
    static let redirectedCheck = Rule(
        "AP672", .error, "the health check asks in plain HTTP, and Django sends it to https",
        why:
            "With SECURE_SSL_REDIRECT Django answers a request that no proxy has marked with a redirect to https. A check that follows "
            + "it speaks TLS to a server that has none: the container is never healthy, and what waits for it never starts.",
        catches: [
            [
                "compose.prod.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'False'\n    healthcheck:\n      test: [\"CMD\", \"python\", \"-c\", \"import urllib.request; urllib.request.urlopen('http://localhost:8000/health/')\"]\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "\n",
                "shop/settings/prod.py":
                    "from .base import *\nSECURE_SSL_REDIRECT = env.bool('SECURE_SSL_REDIRECT', default=True)\n",
            ]
        ],
        passes: [
            [
                "compose.prod.yml":
                    "services:\n  web:\n    build: .\n    healthcheck:\n      test: curl -f http://localhost:8000/health/\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "\n",
                "shop/settings/prod.py": "from .base import *\nSECURE_SSL_REDIRECT = True\n",
            ],
            [
                "compose.prod.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      SECURE_SSL_REDIRECT: 'False'\n    healthcheck:\n      test: wget -qO- http://localhost:8000/health/\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "\n",
                "shop/settings/prod.py":
                    "from .base import *\nSECURE_SSL_REDIRECT = env.bool('SECURE_SSL_REDIRECT', default=True)\n",
            ],
            [
                "compose.prod.yml":
                    "services:\n  web:\n    build: .\n    healthcheck:\n      test: wget -qO- http://localhost:8000/health/\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "\n",
                "shop/settings/prod.py": "SECURE_SSL_REDIRECT = True\nSECURE_REDIRECT_EXEMPT = [r'^health/$']\n",
            ],
        ]
    ) { repository in
        guard !repository.tree.files(named: "manage.py").isEmpty else { return [] }
        let settings = PythonSettings.all(in: repository).filter { !DevelopmentPath.isLikely($0.path) }
        guard !settings.contains(where: { $0.lines.contains { $0.contains("SECURE_REDIRECT_EXEMPT") } }) else {
            return []
        }
        let redirects = settings.flatMap { path, lines in
            lines.enumerated().compactMap { index, line in
                redirect(line).map { (path: path, line: index + 1, name: $0) }
            }
        }
        guard redirects.count == 1, let redirect = redirects.first,
            let lines = settings.first(where: { $0.path == redirect.path })?.lines,
            isForProduction(redirect.line - 1, lines, redirect.path)
        else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard let compose = unit.compose, let service = unit.service, !unit.isForDevelopment, !unit.mountsItsSource,
                DevelopmentPath.isProduction(SourceTree.Entry(path: compose.location).name),
                let check = HealthRequest.of(unit), check.port != 443, let text = text(of: unit), follows(text),
                unit.startedCommands.contains(where: { $0.text.contains("wsgi") || $0.text.contains("asgi") }),
                redirect.name.isEmpty
                    || !compose.anywhere(service.name).contains(where: { member in
                        member.environment.contains { $0.name == redirect.name } || !member.environmentFiles.isEmpty
                    })
            else { return nil }
            return Violation(
                file: check.file, line: check.line,
                "\(redirect.path):\(redirect.line) sends this request to https, where nobody answers in the container; send the header "
                    + "X-Forwarded-Proto: https, or write there: SECURE_REDIRECT_EXEMPT = [r\"^\(check.path.dropFirst())$\"]"
            )
        }
    }

    /// The variable that can switch it off, empty for a constant; `nil` when it is off by itself.
    private static func redirect(_ line: Substring) -> String? {
        let bare = line.filter { !$0.isWhitespace }.replacing("\"", with: "'")
        guard bare.hasPrefix("SECURE_SSL_REDIRECT=") else { return nil }
        let value = bare.dropFirst("SECURE_SSL_REDIRECT=".count)
        if value == "True" { return "" }
        let isOn = ["default=True", "',True)", "default='True'", "'True')=='True'", "'true')=='true'"].contains(
            where: value.contains)
        guard isOn, value.contains("('") else { return nil }
        return value.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }

    /// Whether the line holds where debug mode is off.
    private static func isForProduction(_ index: Int, _ lines: [Substring], _ path: String) -> Bool {
        let openers = PythonBlocks.openers(of: index, in: lines)
        if openers.isEmpty { return DevelopmentPath.isProduction(SourceTree.Entry(path: path).name) }
        return openers.count == 1 && lines[openers[0]].contains("not DEBUG")
    }

    private static func text(of unit: DeployedUnit) -> String? {
        if let test = unit.service?.healthcheck?.node["test"] {
            return test.text ?? (test.sequence ?? []).compactMap(\.text).joined(separator: " ")
        }
        return unit.instructions.last { $0.keyword == "HEALTHCHECK" }?.text
    }

    /// curl alone stops at the first answer, and a redirect is none that it minds.
    private static func follows(_ text: String) -> Bool {
        guard !text.contains("Forwarded-Proto"), !text.contains("--max-redirect") else { return false }
        return ["urlopen(", "wget ", "requests.get(", "httpx.get("].contains(where: text.contains)
            && !(text.contains("httpx") && !text.contains("follow_redirects"))
            || text.contains("curl ") && (text.contains(" -L") || text.contains("--location") || text.contains("-fL"))
    }
}

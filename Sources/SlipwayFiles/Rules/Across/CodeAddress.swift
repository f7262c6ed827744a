// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The code says it, and no command line can see it.
    static let loopbackInCode = Rule(
        "AP108", .error, "the code listens on loopback, and runs in a container",
        why:
            "127.0.0.1 inside a container is reached from that container alone: published ports and other services get "
            + "no answer.",
        catches: [
            RuleExample(
                [
                    "Dockerfile": "FROM golang:1.24\nCOPY . .\nCMD [\"/app\"]\n",
                    "main.go": "package main\nfunc main() {\n  http.ListenAndServe(\"localhost:8080\", nil)\n}\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "go")])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
                    "app.py":
                        "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=False, port=5000)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "python")])),
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"server.js\"]\n",
                    "server.js": "app.listen(3000, '127.0.0.1', () => {})\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "javascript")])),
            RuleExample(
                [
                    "Dockerfile": "FROM rust:1.90\nCOPY . .\nCMD [\"/app\"]\n",
                    "src/main.rs": "let listener = TcpListener::bind(\"127.0.0.1:3000\").await?;\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "rust")])),
        ],
        passes: [
            RuleExample(
                [
                    "Dockerfile": "FROM golang:1.24\nCOPY . .\nCMD [\"/app\"]\n",
                    "main.go":
                        "package main\nfunc main() {\n  http.ListenAndServe(\":8080\", nil)\n  get(\"localhost:9000\")\n}\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "go")])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
                    "app.py": "from flask import Flask\napp = Flask(__name__)\napp.run(host='0.0.0.0', port=5000)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "python")])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"app:app\"]\n",
                    "app.py":
                        "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "python")])),
            RuleExample(
                ["server.js": "app.listen(3000, '127.0.0.1', () => {})\n"],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "javascript")])),
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard !unit.isForDevelopment, let app = unit.app, let language = app.language,
                unit.service?.node["network_mode"] == nil, let start = unit.start,
                !["nginx", "caddy", "supervisord"].contains(where: start.text.contains),
                let found = CodeAddress.onLoopback(of: app, language, started: start.text, in: repository)
            else { return nil }
            return Violation(
                file: found.path, line: found.line,
                "\(unit.name) is reached by nobody; write: \(found.advice)")
        }
    }
}

/// Calls that bind an address which is written out.
enum CodeAddress {
    struct Place {
        let path: String
        let line: Int
        let advice: String
    }

    static func onLoopback(
        of app: Service, _ language: String, started: String, in repository: CheckedRepository
    ) -> Place? {
        let prefix = app.directory == "." ? "" : app.directory + "/"
        let files = repository.codeFiles.filter { $0.path.hasPrefix(prefix) && !$0.path.contains("test") }
        switch language {
        case "python": return python(files, started, prefix, in: repository)
        case "go":
            return lines(
                files, ".go", ["\"localhost:", "\"127.0.0.1:"],
                ["ListenAndServe(", ".Run(", ".Listen(", ".Start(", "Addr:", "net.Listen("], "\":PORT\"", in: repository
            )
        case "rust":
            return lines(
                files, ".rs", ["\"127.0.0.1:", "(\"127.0.0.1\"", "\"localhost:", "[127, 0, 0, 1]"],
                ["bind(", "SocketAddr::from", "bind_rustls"], "0.0.0.0", in: repository)
        case "javascript", "typescript":
            let words = ["'127.0.0.1'", "\"127.0.0.1\"", "'localhost'", "\"localhost\""]
            return lines(files, ".js", words, [".listen("], "'0.0.0.0'", in: repository)
                ?? lines(files, ".ts", words, [".listen("], "'0.0.0.0'", in: repository)
        default: return nil
        }
    }

    /// Lines that call one of the functions with one of the addresses.
    private static func lines(
        _ files: [SourceTree.Entry], _ ending: String, _ addresses: [String], _ calls: [String], _ advice: String,
        in repository: CheckedRepository
    ) -> Place? {
        for entry in files where entry.name.hasSuffix(ending) {
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000,
                addresses.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                let text = repository.tree.text(entry.path)
            else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let body = line.trimmed
                // Tests in the same file begin here.
                if body.hasPrefix("#[cfg(test)]") { break }
                guard !body.hasPrefix("//"), let address = addresses.first(where: body.contains),
                    let call = calls.first(where: body.contains),
                    let first = TextSearch.range(of: call, in: body[...]),
                    // `Addr:` is one, `RedisAddr:` another's.
                    body[..<first.lowerBound].last?.isLetter != true || call.hasPrefix("."),
                    let second = TextSearch.range(of: address, in: body[...]), first.lowerBound < second.lowerBound,
                    // A default behind a variable can be moved.
                    !["||", "??", "getenv", "Getenv", "getEnv", "GetEnv", "env::var", "unwrap_or"].contains(
                        where: body.contains)
                else { continue }
                return Place(path: entry.path, line: index + 1, advice: advice)
            }
        }
        return nil
    }

    /// `app.run()` and `uvicorn.run()` of the file that is started, which bind 127.0.0.1 when nothing is said.
    private static func python(
        _ files: [SourceTree.Entry], _ started: String, _ prefix: String, in repository: CheckedRepository
    ) -> Place? {
        guard let command = ServerCommandLine(started), ["python", "python3"].contains(command.program) else {
            return nil
        }
        var names = command.words.filter { $0.hasSuffix(".py") }
        if let flag = command.words.firstIndex(of: "-m"), command.words.indices.contains(flag + 1) {
            let path = command.words[flag + 1].split(separator: ".").joined(separator: "/")
            names += [path + ".py", path + "/__main__.py"]
        }
        for name in names {
            let path = GoPath.clean(
                prefix + (name.hasPrefix("/") ? name.split(separator: "/").last.map(String.init) ?? name : name))
            guard let entry = files.first(where: { $0.path == path }), let text = repository.tree.text(entry.path)
            else {
                continue
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                let body = line.trimmed
                let isFlask = body.hasPrefix("app.run(") && text.contains("Flask(")
                guard isFlask || body.hasPrefix("uvicorn.run(") else { continue }
                // The call up to its end, which may stand lines below.
                var call = ""
                for part in lines[index..<min(lines.count, index + 12)] {
                    call += part
                    if part.contains(")"), call.filter({ $0 == "(" }).count <= call.filter({ $0 == ")" }).count {
                        break
                    }
                }
                let isMoved = call.contains("host") && !call.contains("127.0.0.1") && !call.contains("localhost")
                guard !isMoved, !call.contains("**"), !call.contains("environ"), !call.contains("getenv") else {
                    continue
                }
                return Place(path: entry.path, line: index + 1, advice: "host=\"0.0.0.0\"")
            }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Blocked hosts: backend:3000; DisallowedHost.
    static let refusedHost = Rule(
        "AP586", .error, "the application refuses the name by which another container asks it",
        why:
            "Rails (config.hosts) and Django (ALLOWED_HOSTS) look at the Host of every request. A server that asks the "
            + "container by its name sends that name, and every answer is 403 or 400. A proxy that passes the visitor's Host "
            + "on is another matter.",
        catches: [
            [
                "backend/Dockerfile": "FROM ruby:3.4\nCMD [\"bin/rails\", \"server\"]\n",
                "backend/config/environments/production.rb":
                    "Rails.application.configure do\n  config.hosts = [\n    \"shop.example\",\n    \"localhost\"\n  ]\nend\n",
                "docker-compose.prod.yml":
                    "services:\n  backend:\n    build: ./backend\n  frontend:\n    build: ./frontend\n",
                "frontend/app/route.ts": "const BACKEND = process.env.BACKEND_URL || \"http://backend:3000\";\n",
                "frontend/Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
            ],
            [
                "api/Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "api/shop/settings.py": "ALLOWED_HOSTS = ['shop.example', 'localhost']\n",
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n  web:\n    build: ./web\n    environment:\n      API_URL: http://api:8000\n",
                "web/Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
            ],
        ],
        passes: [
            [
                "backend/Dockerfile": "FROM ruby:3.4\nCMD [\"bin/rails\", \"server\"]\n",
                "backend/config/environments/production.rb":
                    "Rails.application.configure do\n  config.hosts = [\n    \"shop.example\",\n    \"backend\"\n  ]\nend\n",
                "docker-compose.prod.yml":
                    "services:\n  backend:\n    build: ./backend\n  frontend:\n    build: ./frontend\n",
                "frontend/app/route.ts": "const BACKEND = process.env.BACKEND_URL || \"http://backend:3000\";\n",
                "frontend/Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
            ],
            [
                "api/Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "api/shop/settings.py": "ALLOWED_HOSTS = ['shop.example'] + env.list('HOSTS')\n",
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n  web:\n    build: ./web\n    environment:\n      API_URL: http://api:8000\n",
                "web/Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
            ],
            [
                "api/Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "api/shop/settings.py": "ALLOWED_HOSTS = ['shop.example']\n",
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n  proxy:\n    image: nginx:1\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n",
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://api:8000;\n  }\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, repository.composeFiles.count > 0 else { return [] }
        let lists = HostList.all(in: repository)
        guard !lists.isEmpty else { return [] }
        return lists.compactMap { list -> Violation? in
            for file in repository.composeFiles where !file.isForDevelopment {
                for service in file.services {
                    guard let build = service.build, file.resolve(build.context) == list.program,
                        !list.hosts.contains(service.name), let asker = asker(of: service.name, in: file, list)
                    else { continue }
                    return Violation(
                        file: list.file, line: list.line,
                        "\(asker) asks for \(service.name) by this name (\(file.location)); add to the list: \"\(service.name)\""
                    )
                }
            }
            return nil
        }
    }

    /// Where another container that is built here has the address.
    private static func asker(
        of name: String, in file: CheckedFile<ComposeFile>, _ list: HostList
    ) -> String? {
        let address = "http://\(name):"
        for other in file.services where other.name != name {
            guard let build = other.build, let folder = file.resolve(build.context), folder != list.program,
                folder != "."
            else { continue }
            if let given = other.environment.first(where: { $0.value?.hasPrefix(address) == true }) {
                return "\(file.location):\(given.line)"
            }
            let endings = [".js", ".ts", ".mjs", ".tsx", ".jsx", ".py", ".go"]
            let code = file.repository.code(endings, with: [address]).first { code in
                code.path.hasPrefix(folder + "/") && !code.path.contains(".config.")
                    && code.line(with: address) != nil
            }
            if let code, let line = code.line(with: address) { return "\(code.path):\(line)" }
        }
        return nil
    }
}

/// Names that a program answers to, when they are all written out.
private struct HostList {
    /// The folder of the program.
    let program: String
    let file: String
    let line: Int
    let hosts: Set<String>

    static func all(in repository: CheckedRepository) -> [HostList] {
        let rails = repository.tree.files(named: "production.rb").compactMap { entry -> HostList? in
            let ending = "config/environments/production.rb"
            guard ("/" + entry.path).hasSuffix("/" + ending), let text = repository.tree.text(entry.path) else {
                return nil
            }
            let program = entry.path == ending ? "." : String(entry.path.dropLast(ending.count + 1))
            return list(CodeText(path: entry.path, text: text), "config.hosts=[", program)
        }
        let django = PythonSettings.all(in: repository).compactMap { path, lines -> HostList? in
            guard lines.contains(where: { $0.hasPrefix("ALLOWED_HOSTS") }),
                let root = repository.tree.files(named: "manage.py").map(\.directory).first(where: {
                    path.hasPrefix($0 + "/")
                }) ?? SourceTree.Entry(path: path).directory.split(separator: "/").first.map(String.init),
                let text = repository.tree.text(path)
            else { return nil }
            return list(CodeText(path: path, text: text), "ALLOWED_HOSTS=[", root)
        }
        return rails + django
    }

    private static func list(_ code: CodeText, _ opening: String, _ program: String) -> HostList? {
        // Whoever says it twice, or adds to it, says more than stands here.
        let name = opening.prefix { $0 != "=" }
        guard code.bare.count(where: { $0.contains(name) }) == 1, let body = code.body(after: opening),
            let start = code.bare.firstIndex(where: { $0.hasPrefix(opening) })
        else { return nil }
        // `+ env.list(...)` behind the bracket says more.
        let end = start + body.text.count { $0 == "\n" }
        guard code.bare.indices.contains(end), code.bare[end].hasSuffix("]"),
            code.bare[end].count(where: { $0 == "]" }) == 1
        else { return nil }
        let parts = body.text.split(separator: "'", omittingEmptySubsequences: false)
        let between = stride(from: 0, to: parts.count, by: 2).map { parts[$0].filter { !",\n".contains($0) } }
        guard between.allSatisfy(\.isEmpty), parts.count > 2 else { return nil }
        let hosts = stride(from: 1, to: parts.count, by: 2).map { String(parts[$0].prefix { $0 != ":" }) }
        guard !hosts.contains(where: { $0 == "*" || $0.hasPrefix(".") }) else { return nil }
        return HostList(program: program, file: code.path, line: start + 1, hosts: Set(hosts))
    }
}

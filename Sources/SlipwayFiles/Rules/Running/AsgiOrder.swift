// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// AppRegistryNotReady: Apps aren't loaded yet.
    static let modelsBeforeSetup = Rule(
        "AP661", .error, "asgi.py imports models before Django is set up",
        why:
            "get_asgi_application() loads the applications; a module with models that is imported above it ends the server with "
            + "AppRegistryNotReady (channels.readthedocs.io, Installation). runserver has loaded them before and hides it.",
        catches: [
            [
                "Procfile": "web: daphne -b 0.0.0.0 -p $PORT shop.asgi:application\n", "manage.py": "\n",
                "shop/asgi.py":
                    "from django.core.asgi import get_asgi_application\nimport chat.routing\napplication = ProtocolTypeRouter({\n    'http': get_asgi_application(),\n    'websocket': URLRouter(chat.routing.urls),\n})\n",
                "chat/routing.py": "from . import consumers\nurls = []\n",
                "chat/consumers.py": "from .models import Message\n",
                "chat/models.py": "from django.db import models\nclass Message(models.Model):\n    pass\n",
            ],
            [
                "api/Dockerfile":
                    "FROM python:3.13\nCOPY . .\nCMD [\"uvicorn\", \"shop.asgi:application\", \"--host\", \"0.0.0.0\"]\n",
                "api/manage.py": "\n",
                "api/shop/asgi.py":
                    "from django.core.asgi import get_asgi_application\nfrom chat.auth import TokenAuth\napplication = get_asgi_application()\n",
                "api/chat/auth.py": "from django.contrib.auth import get_user_model\nUser = get_user_model()\n",
            ],
        ],
        passes: [
            [
                "Procfile": "web: daphne -b 0.0.0.0 -p $PORT shop.asgi:application\n", "manage.py": "\n",
                "shop/asgi.py":
                    "from django.core.asgi import get_asgi_application\ndjango_asgi_app = get_asgi_application()\nimport chat.routing\napplication = URLRouter(chat.routing.urls)\n",
                "chat/routing.py": "from .models import Message\n",
                "chat/models.py": "from django.db import models\nclass Message(models.Model):\n    pass\n",
            ],
            [
                "Procfile": "web: daphne shop.asgi:application\n", "manage.py": "\n",
                "shop/asgi.py":
                    "from django.core.asgi import get_asgi_application\nimport chat.routing\napplication = get_asgi_application()\n",
                "chat/routing.py": "def urls():\n    from .models import Message\n",
                "chat/models.py": "from django.db import models\nclass Message(models.Model):\n    pass\n",
            ],
            [
                "Procfile": "web: gunicorn shop.wsgi\n", "manage.py": "\n",
                "shop/asgi.py":
                    "from django.core.asgi import get_asgi_application\nimport chat.models\napplication = get_asgi_application()\n",
                "chat/models.py": "from django.db import models\nclass Message(models.Model):\n    pass\n",
            ],
        ]
    ) { repository in
        let files = repository.tree.files(named: "asgi.py").filter { CodeText.mayRun($0.path) }
        guard !files.isEmpty else { return [] }
        let servers = ["daphne", "uvicorn", "hypercorn", "granian", "gunicorn"]
        let starts = StartingText.all(in: repository) + (repository.app?.services.compactMap(\.start) ?? [])
        guard starts.contains(where: { text in text.contains("asgi") && servers.contains(where: text.contains) }) else {
            return []
        }
        return files.compactMap { entry in
            guard let code = repository.codeText(entry.path),
                let setup = code.lines.firstIndex(where: { line in
                    line.contains("get_asgi_application()") || line.contains("django.setup()")
                })
            else { return nil }
            let search = ModelImports(repository, asgi: entry)
            for index in 0..<setup {
                guard let module = search.module(of: code.lines[index], in: entry.path),
                    let found = search.model(from: module)
                else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(found.file):\(found.line) asks for models before the applications are loaded; "
                        + "write above this line: django_asgi_app = get_asgi_application()")
            }
            return nil
        }
    }
}

/// Follows the imports of a Django project until a module wants models.
private struct ModelImports {
    private let repository: CheckedRepository
    /// Folders below which absolute names are found.
    private let homes: [String]

    init(_ repository: CheckedRepository, asgi: SourceTree.Entry) {
        self.repository = repository
        let above = SourceTree.Entry(path: asgi.directory).directory
        let manage = repository.tree.files(named: "manage.py").map(\.directory).filter {
            $0 == "." || asgi.path.hasPrefix($0 + "/")
        }
        homes = Array(Set(manage + [above])).sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The file of the project that a line at the margin imports.
    func module(of line: Substring, in file: String) -> String? { modules(of: line, in: file).first }

    private func modules(of line: Substring, in file: String) -> [String] {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, ["from", "import"].contains(words[0]), line.first?.isWhitespace != true else {
            return []
        }
        let module = words[1].prefix { $0 != "," && $0 != ";" }
        let dots = module.prefix { $0 == "." }.count
        let name = module.dropFirst(dots).split(separator: ".").joined(separator: "/")
        let folders: [String]
        if dots > 0 {
            let up = String(repeating: "/..", count: dots - 1)
            folders = [GoPath.clean(SourceTree.Entry(path: file).directory + up)]
        } else {
            folders = homes
        }
        let parts = words[0] == "from" && words.count > 3 ? words[3...] : []
        return folders.flatMap { folder -> [String] in
            let base = GoPath.clean(folder + "/" + name)
            // `from . import consumers` means a module too.
            let inside = parts.map {
                GoPath.clean("\(base)/\($0.filter { $0 != "," && $0 != "(" && $0 != ")" })") + ".py"
            }
            let own = name.isEmpty ? [] : [base + ".py", base + "/__init__.py"]
            return (own + inside).filter(repository.tree.contains)
        }
    }

    private static let mostModules = 40

    /// Where the first class of a model, or the question for one, stands among what a module imports.
    func model(from start: String) -> (file: String, line: Int)? {
        var waiting = [start]
        var seen: Set<String> = [start]
        while !waiting.isEmpty, seen.count < Self.mostModules {
            let path = waiting.removeFirst()
            guard let code = repository.codeText(path) else { continue }
            // A module that sets Django up itself may go on.
            if code.line(with: "django.setup()") != nil { return nil }
            for (index, line) in code.lines.enumerated() where line.first?.isWhitespace == false {
                if Self.wantsModels(line) { return (path, index + 1) }
                for next in modules(of: line, in: path) where seen.insert(next).inserted { waiting.append(next) }
            }
        }
        return nil
    }

    private static func wantsModels(_ line: Substring) -> Bool {
        if line.hasPrefix("class ") {
            return ["(models.Model", "(AbstractUser", "(AbstractBaseUser"].contains(where: line.contains)
        }
        let own = ["from django.contrib.auth.models import", "from rest_framework.authtoken.models import"]
        return own.contains(where: line.hasPrefix) && !line.hasSuffix("import AnonymousUser")
            || line.hasSuffix("= get_user_model()")
    }
}

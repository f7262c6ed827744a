// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What wsgi.py names counts where the environment says nothing.
    static let unchosenSettings = Rule(
        "EN390", .warning, "Django's settings for production are chosen by nothing",
        why:
            "wsgi.py and manage.py take the settings of development unless DJANGO_SETTINGS_MODULE names others: what is "
            + "deployed runs with DEBUG, the development's database and its hosts.",
        catches: [
            [
                "shop/settings.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "shop/settings_production.py": "from .settings import *\nDEBUG = False\n",
                "shop/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
                "Procfile": "web: gunicorn shop.wsgi\n",
            ],
            [
                "shop/settings/dev.py": "DEBUG = True\n", "shop/settings/production.py": "DEBUG = False\n",
                "shop/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
            ],
        ],
        passes: [
            [
                "shop/settings.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "shop/settings_production.py": "from .settings import *\nDEBUG = False\n",
                "shop/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
                "Procfile": "web: gunicorn shop.wsgi\n",
                "README.md": "Set `DJANGO_SETTINGS_MODULE=shop.settings_production`.\n",
            ],
            [
                "shop/settings/dev.py": "DEBUG = True\n", "shop/settings/production.py": "DEBUG = False\n",
                "shop/wsgi.py":
                    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.production')\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        let others = tree.files(ending: "py").filter(isForProduction)
        guard !others.isEmpty, isDeployed(repository) else { return [] }
        return tree.files(named: "wsgi.py").compactMap { entry in
            guard let text = tree.text(entry.path), let (module, line) = DjangoDefaultSettings.chosen(in: text),
                case let root = SourceTree.Entry(path: entry.directory).directory,
                let path = DjangoDefaultSettings.file(of: module, below: [root, entry.directory], tree),
                !isForProduction(SourceTree.Entry(path: path)),
                let code = tree.text(path).map({ CodeText(path: path, text: $0) }),
                code.bare.contains(where: { $0 == "DEBUG=True" || $0.hasPrefix("DEBUG=True#") }),
                let other = others.first(where: { $0.path.hasPrefix(root == "." ? "" : root + "/") }),
                case let name = dotted(other.path, below: root), !isNamed(name, in: repository)
            else { return nil }
            return Violation(
                file: entry.path, line: line,
                "\(path) has DEBUG = True and is what runs; set where it is deployed: DJANGO_SETTINGS_MODULE=\(name)")
        }
    }

    /// `settings_production.py`, `settings/prod.py`
    private static func isForProduction(_ entry: SourceTree.Entry) -> Bool {
        let name = entry.name.dropLast(3)
        guard entry.name.hasSuffix(".py"), entry.path.contains("settings") else { return false }
        let words = name.split { "_-.".contains($0) }
        return words.contains { ["production", "prod", "deploy", "deployment", "live"].contains($0) }
    }

    private static func isDeployed(_ repository: CheckedRepository) -> Bool {
        !repository.dockerfiles.isEmpty || !repository.procfiles.isEmpty || !repository.railwayConfigs.isEmpty
            || !repository.renderBlueprints.isEmpty || !repository.flyFiles.isEmpty
    }

    private static func dotted(_ path: String, below root: String) -> String {
        let relative = root == "." ? path : String(path.dropFirst(root.utf8.count + 1))
        return String(relative.dropLast(3)).replacing("/", with: ".")
    }

    /// Whether some file that is not code chooses the module, or a part of the code does.
    private static func isNamed(_ module: String, in repository: CheckedRepository) -> Bool {
        let last = module.split(separator: ".").last.map(String.init) ?? module
        return repository.tree.entries.contains { entry in
            guard entry.path.utf8.count < 200, let bytes = repository.tree.bytes(entry.path), bytes.count < 500_000,
                ByteSearch.contains("DJANGO_SETTINGS_MODULE".utf8, in: bytes),
                ByteSearch.contains(last.utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return false }
            return text.split(separator: "\n").contains { line in
                line.contains("DJANGO_SETTINGS_MODULE") && (line.contains(last) || line.contains("environ["))
            } || text.contains(module)
        }
    }
}

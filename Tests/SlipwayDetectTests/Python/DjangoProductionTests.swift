// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

@testable import SlipwayFiles

/// Which of a Django site's settings run where visitors come.
struct DjangoProductionTests {
    private static func tree(_ module: String, _ settings: [String: String], _ others: [String: String] = [:])
        -> SourceTree
    {
        let choice = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '\(module)')\n"
        var files = [
            "requirements.txt": "django\ngunicorn\n",
            "manage.py": choice + "from django.core.management import execute_from_command_line\n",
            "shop/__init__.py": "",
            "shop/wsgi.py":
                choice + "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
            "shop/urls.py": "urlpatterns = []\n",
        ]
        files.merge(settings) { $1 }
        files.merge(others) { $1 }
        return SourceTree(files: files)
    }

    private static let base = "import os\nROOT_URLCONF = 'shop.urls'\nSTATIC_ROOT = '/srv/static'\n"
    private static let package = [
        "shop/settings/__init__.py": "", "shop/settings/base.py": base,
        "shop/settings/dev.py": "from .base import *\nDEBUG = True\nSECRET_KEY = 'dev'\n",
        "shop/settings/production.py":
            "from .base import *\nSECRET_KEY = os.environ['SECRET_KEY']\nMAIL = os.environ['MAIL_HOST']\n",
    ]

    private static func production(_ tree: SourceTree) -> String? {
        Detection.detect(tree).variables.first { $0.name == Variable.djangoSettings }?.production
    }

    @Test func `the production settings beside a developer's are what runs where visitors come`() {
        let tree = Self.tree("shop.settings.dev", Self.package)
        let input = EmitterInput(app: Detection.detect(tree), tree: tree, written: [])
        let files = Dictionary(EmitterCatalog.all.flatMap { $0.emit(input) }.map { ($0.path, $0.contents) }) { $1 }
        #expect(
            files["docker-compose.prod.yml"]?.contains(
                "DJANGO_SETTINGS_MODULE: ${DJANGO_SETTINGS_MODULE:-shop.settings.production}") == true)
        #expect(files["docker-compose.prod.yml"]?.contains("${MAIL_HOST:?") == true)
        // Once for what collects the static files, once for what runs.
        #expect(files["Dockerfile"]?.components(of: "DJANGO_SETTINGS_MODULE=shop.settings.production") == 2)
        let development = files["docker-compose.dev.yml"] ?? ""
        #expect(!development.contains("shop.settings.production"))
        #expect(!development.contains("${MAIL_HOST:?"))
    }

    @Test func `settings in one file have those of production beside them`() {
        let tree = Self.tree(
            "shop.settings",
            [
                "shop/settings.py": Self.base + "DEBUG = True\n",
                "shop/settings_prod.py": "from .settings import *\nDEBUG = False\n",
            ])
        #expect(Self.production(tree) == "shop.settings_prod")
    }

    @Test func `what a file of the deployment gives is taken`() {
        let compose =
            "services:\n  web:\n    build: .\n    environment:\n      - DJANGO_SETTINGS_MODULE=shop.settings.live\n"
        let settings = Self.package.merging(["shop/settings/live.py": "from .production import *\n"]) { $1 }
        let tree = Self.tree("shop.settings.dev", settings, ["docker-compose.prod.yml": compose])
        #expect(Self.production(tree) == "shop.settings.live")
    }

    @Test(arguments: [
        // The site serves production by itself.
        ("shop.settings.production", package),
        // It asks the environment.
        (
            "shop.settings",
            package.merging([
                "shop/settings/__init__.py":
                    "import os\nif os.getenv('LIVE'):\n    from .production import *\nelse:\n    from .dev import *\n"
            ]) { $1 }
        ),
        ("shop.settings.dev", package.filter { !$0.key.hasSuffix("production.py") }),
    ])
    func `a site that chooses itself, or has nothing to choose, is left alone`(
        _ module: String, _ settings: [String: String]
    ) {
        #expect(Self.production(Self.tree(module, settings)) == nil)
    }
}

extension String {
    fileprivate func components(of mark: String) -> Int { split(separator: "\n").count { $0.contains(mark) } }
}

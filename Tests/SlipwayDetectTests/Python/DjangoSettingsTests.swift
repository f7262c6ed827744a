// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

@testable import SlipwayFiles

/// Settings of Django that decide whether anybody is answered.
struct DjangoSettingsTests {
    private static func files(_ settings: String) -> [String: String] {
        let tree = SourceTree(files: [
            "requirements.txt": "django\ngunicorn\n",
            "manage.py":
                "import os, sys\nif __name__ == '__main__':\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
                + "    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n",
            "shop/__init__.py": "", "shop/settings.py": settings,
            "shop/wsgi.py":
                "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
            "shop/urls.py":
                "from django.http import HttpResponse\nfrom django.urls import path\n"
                + "urlpatterns = [path('health', lambda request: HttpResponse('ok'))]\n",
        ])
        let input = EmitterInput(app: Detection.detect(tree), tree: tree, written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static let hosts =
        "import os\nDEBUG = os.environ.get('DEBUG', '0') == '1'\nROOT_URLCONF = 'shop.urls'\nSECRET_KEY = os.environ['SECRET_KEY']\n"
        + "ALLOWED_HOSTS = os.environ.get('ALLOWED_HOSTS', '')"

    @Test func `the names that health checks use stand in the list of hosts`() {
        let files = Self.files(Self.hosts + ".split(',')\n")
        for name in ["docker-compose.prod.yml", "docker-stack.yml"] {
            #expect(files[name]?.contains(":?") == true, "\(name)")
            #expect(files[name]?.contains("ALLOWED_HOSTS},localhost,127.0.0.1") == true, "\(files[name] ?? "")")
        }
        #expect(files[".env.production.example"]?.contains("\nALLOWED_HOSTS=") == true)
        // While it is developed nobody has to say anything.
        let development = files["docker-compose.dev.yml"]
        #expect(development?.contains("${ALLOWED_HOSTS:-localhost,127.0.0.1}") == true, "\(files.keys)")
        let probes = files.filter { $0.key.contains("k8s") || $0.key.contains("kubernetes") }.values.joined()
        #expect(probes.contains("httpHeaders"), "\(files.keys.sorted())")
    }

    @Test func `a check asks as a proxy with TLS does, whom Django does not send to HTTPS`() {
        let files = Self.files("ROOT_URLCONF = 'shop.urls'\nSECURE_SSL_REDIRECT = True\n")
        #expect(files["Dockerfile"]?.contains("headers={'X-Forwarded-Proto': 'https'}") == true)
        let cluster = files.filter { $0.key.contains("k8s") || $0.key.contains("kubernetes") }.values.joined()
        #expect(cluster.contains("X-Forwarded-Proto"))
    }

    @Test func `a list with blanks between its hosts is left to the operator`() {
        let files = Self.files(Self.hosts + ".split(' ')\n")
        #expect(files["docker-compose.prod.yml"]?.contains("ALLOWED_HOSTS") == true)
        #expect(files["docker-compose.prod.yml"]?.contains(",localhost") == false)
    }

    @Test func `a key that everybody can read is asked for in production`() {
        let files = Self.files(
            "import os\nROOT_URLCONF = 'shop.urls'\nSECRET_KEY = os.environ.get('SECRET_KEY', 'django-insecure-abc')\nALLOWED_HOSTS = ['*']\n"
        )
        #expect(files["docker-compose.prod.yml"]?.contains("SECRET_KEY: ${SECRET_KEY:?") == true)
        #expect(files[".env.production.example"]?.contains("\nSECRET_KEY=") == true)
        #expect(files[".env.example"]?.contains("\n# SECRET_KEY=") == true)
    }
}

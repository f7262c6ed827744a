// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

struct DjangoDatabasePartsTests {
    private static func parts(_ settings: String, _ others: [String: String] = [:]) -> [String: String] {
        let files = [
            "requirements.txt": "django\npsycopg2-binary\ngunicorn\n",
            "manage.py": """
            import os
            from django.core.management import execute_from_command_line
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
            """,
            "shop/__init__.py": "", "shop/settings.py": settings,
        ].merging(others) { $1 }
        let spec = Detection.detect(SourceTree(name: "app", files: files))
        return Dictionary(
            uniqueKeysWithValues: spec.variables.compactMap { variable in
                variable.part.map { (variable.name, $0.rawValue) }
            })
    }

    private static let all = [
        "SQL_ENGINE": "engine", "SQL_DATABASE": "database", "SQL_USER": "user", "SQL_PASSWORD": "password",
        "SQL_HOST": "host", "SQL_PORT": "port",
    ]

    @Test func `the key says what a variable holds, whatever it is called`() {
        let settings = """
            import os
            DATABASES = {
                "default": {
                    "ENGINE": os.environ.get("SQL_ENGINE", "django.db.backends.sqlite3"),
                    "NAME": os.environ.get("SQL_DATABASE", BASE_DIR / "db.sqlite3"),
                    "USER": os.environ["SQL_USER"],
                    "PASSWORD": os.getenv("SQL_PASSWORD") or "x",
                    "HOST": os.environ.get("SQL_HOST", "localhost").strip(),
                    "PORT": int(os.environ.get("SQL_PORT", "5432")),
                },
                "archive": {"HOST": os.environ["OLD_HOST"]},
            }
            """
        #expect(Self.parts(settings) == Self.all)
    }

    @Test func `values that stand elsewhere, and keys that are set later`() {
        let settings = """
            import os
            from decouple import config
            from shop.values import HOST
            name = config("SQL_DATABASE")
            server = {"ENGINE": config("SQL_ENGINE"), "NAME": name, "HOST": HOST, "USER": config("SQL_USER")}
            if config("LOCAL", default=False, cast=bool):
                DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": config("FILE", default="a.db")}}
            else:
                DATABASES = {"default": server}
                DATABASES["default"]["PORT"] = config("SQL_PORT")
                DATABASES["default"]["PASSWORD"] = config("SQL_PASSWORD")
            """
        let values = ["shop/values.py": "import os\nHOST = os.environ[\"SQL_HOST\"]\n"]
        #expect(Self.parts(settings, values) == Self.all)
    }

    @Test func `what is put together, or names the engine already, is the code's own`() {
        let settings = """
            import os
            DATABASES = {"default": {
                "ENGINE": os.environ.get("STORE", "django.contrib.gis.db.backends.postgis"),
                "HOST": os.environ["SERVER"], "NAME": os.environ["BOTH"], "USER": os.environ["BOTH"],
            }}
            OTHER = {"default": {"ENGINE": "django.db.backends." + os.environ["KIND"]}}
            DATABASES["default"]["ENGINE"] = "django.db.backends." + os.environ["KIND"]
            """
        #expect(Self.parts(settings) == ["SERVER": "host"])
    }
}

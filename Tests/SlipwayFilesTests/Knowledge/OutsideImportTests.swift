// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

struct OutsideImportTests {
    private func outside(_ files: [String: String], under folder: String = ".") -> [String] {
        OutsideImports(SourceTree(files: files), under: folder).outside.map {
            "\($0.distribution) \($0.file):\($0.line)"
        }
    }

    @Test func `what is imported at the margin and stands nowhere in the repository`() {
        let found = outside([
            "app.py": """
            \"\"\"Shop.

            import nothing
            \"\"\"
            import os, flask
            from PIL import Image
            from flask_sqlalchemy import SQLAlchemy
            from .models import User
            from shop.models import User
            import bs4 as soup  # pages
            """, "shop/models.py": "import flask\n",
        ])
        #expect(
            found == ["flask app.py:5", "pillow app.py:6", "flask-sqlalchemy app.py:7", "beautifulsoup4 app.py:10"])
    }

    @Test func `what the code can go on without, and what tests import, is not asked for`() {
        let found = outside([
            "app.py": "try:\n    import orjson\nexcept ImportError:\n    orjson = None\ndef f():\n    import pandas\n",
            "tests/test_app.py": "import pytest\n", "conftest.py": "import pytest\n",
            "other/main.py": "import django\n",
        ])
        #expect(found == ["django other/main.py:1"])
        #expect(
            outside(["a/app.py": "import flask\n", "b/app.py": "import django\n"], under: "a") == ["flask a/app.py:1"])
    }

    @Test func `a module that is not found is named with its package and the list that lacks it`() {
        let files = [
            "core/__init__.py": "from .tasks import app\n", "core/tasks.py": "import os\nfrom celery import Celery\n",
            "requirements.txt": "django==5.0\n",
        ]
        let missing = MissingModule("celery", in: SourceTree(files: files))
        #expect(missing?.distribution == "celery")
        #expect(missing?.place == "core/tasks.py:2")
        #expect(missing?.list == "requirements.txt")
        #expect(MissingModule("django.db", in: SourceTree(files: files)) == nil)
        let listed = files.merging(["requirements.txt": "celery==5.4\n"]) { $1 }
        #expect(MissingModule("celery", in: SourceTree(files: listed)) == nil)
    }
}

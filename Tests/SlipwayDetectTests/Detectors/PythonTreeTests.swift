// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

@Suite struct PythonTreeTests {
    private static let api = "from fastapi import FastAPI\napp = FastAPI()\n"
    private static let uvicorn = "--host ${HOST:-0.0.0.0} --port ${PORT:-8000}"

    struct Start: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let files: [String: String]
        let directory: String
        let command: String

        init(_ name: String, _ files: [String: String], in directory: String, _ command: String) {
            (testDescription, self.files, self.directory, self.command) = (name, files, directory, command)
        }
    }

    static let starts = [
        Start(
            "object in the root", ["main.py": api, "requirements.txt": "fastapi\nuvicorn"], in: ".",
            "uvicorn main:app \(uvicorn)"),
        Start(
            "package below requirements",
            [
                "backend/requirements.txt": "fastapi\nuvicorn", "backend/app/__init__.py": "",
                "backend/app/main.py": "from app.core import x\n" + api, "backend/app/core.py": "x = 1",
            ],
            in: "backend", "uvicorn app.main:app \(uvicorn)"),
        Start(
            "imports that need the folder above",
            [
                "backend/requirements.txt": "fastapi\nuvicorn", "backend/__init__.py": "",
                "backend/main.py": "from backend.db import x\n" + api, "backend/db.py": "x = 1",
            ],
            in: ".", "uvicorn backend.main:app \(uvicorn)"),
        Start(
            "relative imports",
            [
                "requirements.txt": "fastapi\nuvicorn", "shop/__init__.py": "",
                "shop/server.py": "from . import models\n" + api, "shop/models.py": "",
            ],
            in: ".", "uvicorn shop.server:app \(uvicorn)"),
        Start(
            "src layout",
            [
                "pyproject.toml": "[project]\nname = 'x'\ndependencies = ['fastapi', 'uvicorn']",
                "src/shop/__init__.py": "",
                "src/shop/main.py": "from shop.db import x\n" + api, "src/shop/db.py": "x = 1",
            ],
            in: ".", "uvicorn --app-dir src shop.main:app \(uvicorn)"),
        Start(
            "factory",
            [
                "requirements.txt": "fastapi\nuvicorn",
                "app.py": "from fastapi import FastAPI\ndef make():\n    api = FastAPI()\n    return api\n",
            ],
            in: ".", "uvicorn --factory app:make \(uvicorn)"),
        Start(
            "object made by a factory elsewhere",
            [
                "requirements.txt": "flask\ngunicorn",
                "shop/__init__.py":
                    "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
                "wsgi.py": "from shop import create_app\napplication = create_app()\n",
            ],
            in: ".", "gunicorn wsgi:application --bind ${HOST:-0.0.0.0}:${PORT:-5000}"),
        Start(
            "tuple from a factory",
            [
                "requirements.txt": "flask\ngunicorn",
                "shop/__init__.py":
                    "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app, 1\n",
                "run.py": "from shop import create_app\napp, other = create_app()\n",
            ],
            in: ".", "gunicorn run:app --bind ${HOST:-0.0.0.0}:${PORT:-5000}"),
        Start(
            "object under another name, beside a decoy",
            [
                "requirements.txt": "fastapi\nuvicorn", "service.py": "import fastapi\nbackend = fastapi.FastAPI()\n",
                "tests/test_app.py": api,
            ],
            in: ".", "uvicorn service:backend \(uvicorn)"),
        Start(
            "sub-application is mounted by the main one",
            [
                "requirements.txt": "fastapi\nuvicorn", "a.py": api.replacing("app", with: "sub"),
                "b.py": "from fastapi import FastAPI\nfrom a import sub\nroot = FastAPI()\nroot.mount('/sub', sub)\n",
            ],
            in: ".", "uvicorn b:root \(uvicorn)"),
        Start(
            "Socket.IO around the application",
            [
                "requirements.txt": "fastapi\nuvicorn\npython-socketio",
                "main.py": "import socketio\n" + api
                    + "sio = socketio.AsyncServer()\nasgi = socketio.ASGIApp(sio, other_asgi_app=app)\n",
            ],
            in: ".", "uvicorn main:asgi \(uvicorn)"),
        Start(
            "own variables of a program that starts its server",
            [
                "requirements.txt": "fastapi\nuvicorn",
                "main.py": "import os, uvicorn\n" + api
                    + "PORT = int(os.getenv('API_PORT', '9000'))\nif __name__ == '__main__':\n    uvicorn.run(app, port=PORT)\n",
            ],
            in: ".", "uvicorn main:app --host ${HOST:-0.0.0.0} --port ${API_PORT:-9000}"),
        Start(
            "no manifest at all",
            ["backend/main.py": "from routes import x\n" + api, "backend/routes.py": "x = 1"],
            in: "backend", "uvicorn main:app \(uvicorn)"),
        Start(
            "Procfile with a fixed port",
            [
                "requirements.txt": "fastapi\nuvicorn", "main.py": api,
                "Procfile": "web: uvicorn main:app --port 7000 --workers 2\n",
            ],
            in: ".", "uvicorn main:app --port ${PORT:-7000} --workers 2"),
        Start(
            "Django with both interfaces",
            [
                "requirements.txt": "django\ngunicorn", "manage.py": "", "shop/__init__.py": "",
                "shop/settings/__init__.py": "",
                "shop/wsgi.py":
                    "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
                "shop/asgi.py":
                    "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
            ],
            in: ".", "gunicorn shop.wsgi:application --bind ${HOST:-0.0.0.0}:${PORT:-8000}"),
        Start(
            "Streamlit",
            [
                "requirements.txt": "streamlit", "Home.py": "import streamlit as st\nst.title('x')\n",
                "pages/1_A.py": "import streamlit\n",
            ],
            in: ".",
            "streamlit run Home.py --server.port ${PORT:-8501} --server.address ${HOST:-0.0.0.0} --server.headless true"
        ),
    ]

    @Test(arguments: starts)
    func `the application is served from the folder where its imports resolve`(_ start: Start) {
        let spec = Detection.detect(SourceTree(files: start.files))
        let services = spec.services.filter { $0.role == .backend }
        #expect(services.map(\.directory) == [start.directory])
        #expect(services.first?.start == start.command)
    }

    @Test(
        arguments: zip(
            [
                "requirements.txt", "requirements/prod.txt", "pyproject.toml+uv.lock", "pyproject.toml+poetry.lock",
                "pyproject.toml", "Pipfile+Pipfile.lock", "setup.py", "requirements.txt+pyproject.toml+uv.lock",
            ],
            [
                "pip install -r requirements.txt", "pip install -r requirements/prod.txt", "uv sync --frozen --no-dev",
                "poetry install --only main --no-root", "pip install 'fastapi>=0.1' uvicorn", "pipenv install --deploy",
                "pip install .",
                "uv sync --frozen --no-dev",
            ]))
    func `dependencies are installed from the strongest file`(_ given: String, command: String) {
        var files = ["main.py": Self.api]
        for name in given.split(separator: "+").map(String.init) {
            switch name {
            case "pyproject.toml":
                files[name] = "[project]\nname = 'x'\ndependencies = ['fastapi>=0.1', 'uvicorn']\n"
            case "Pipfile": files[name] = "[packages]\nfastapi = '*'\nuvicorn = '*'\n"
            case "setup.py":
                files[name] = "from setuptools import setup\nsetup(install_requires=['fastapi', 'uvicorn'])\n"
            default: files[name] = "fastapi\nuvicorn\n"
            }
        }
        #expect(Detection.detect(SourceTree(files: files)).services.first?.install == command)
    }

    @Test(
        arguments: zip(
            [
                [".python-version": "3.12.1\n"], ["runtime.txt": "python-3.10.4"],
                [".tool-versions": "nodejs 20\npython 3.9.1"],
                ["mise.toml": "[tools]\npython = '3.13'"],
                ["pyproject.toml": "[project]\nname='x'\nrequires-python = '>=3.11,<4'"],
                ["Dockerfile": "FROM python:3.8-slim\nCOPY . .\n"],
                [".python-version": "3.12", "Dockerfile": "FROM python:3.8\nCOPY . .\n"],
            ], ["3.12.1", "3.10.4", "3.9.1", "3.13", "3.11", "3.8", "3.12"]))
    func `the version comes from the file that states it best`(_ extra: [String: String], version: String) {
        let files = ["requirements.txt": "fastapi\nuvicorn", "main.py": Self.api].merging(extra) { _, new in new }
        #expect(Detection.detect(SourceTree(files: files)).services.first?.languageVersion == version)
    }

    @Test func `health path and routes carry the prefixes of their routers`() {
        let spec = Detection.detect(
            SourceTree(files: [
                "api/requirements.txt": "fastapi\nuvicorn",
                "api/main.py": """
                from fastapi import FastAPI
                from config import settings
                from routes import health as h, users
                app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
                app.include_router(h.router, prefix=settings.PREFIX)
                for each in [users.router]:
                    app.include_router(each, prefix="/people")
                @app.websocket("/ws")
                async def talk(socket): ...
                """,
                "api/config.py": "class Settings(BaseSettings):\n    PREFIX: str = '/api/v2'\nsettings = Settings()\n",
                "api/routes/__init__.py": "",
                "api/routes/health.py":
                    "from fastapi import APIRouter\nrouter = APIRouter(prefix='/system')\n@router.get('/healthz/')\ndef ok(): ...\n",
                "api/routes/users.py":
                    "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/{name}')\ndef one(name): ...\n",
                "web/index.html": "<p>",
            ]))
        #expect(spec.service(named: "api")?.healthPath == "/api/v2/system/healthz/")
        #expect(spec.service(named: "api")?.routes == ["/api", "/people", "/ws"])
        #expect(spec.service(named: "web")?.routes == ["/"])
    }

    @Test func `migrations, seed, database, packages, folders and the one instance are seen`() {
        let spec = Detection.detect(
            SourceTree(files: [
                "requirements.txt": "fastapi\nuvicorn\nalembic\npsycopg2==2.9\npython-magic\napscheduler",
                "alembic.ini": "", "migrations/env.py": "", "migrations/versions/a.py": "",
                "main.py": """
                import subprocess, os
                from pathlib import Path
                from fastapi import FastAPI
                from apscheduler.schedulers.asyncio import AsyncIOScheduler
                app = FastAPI()
                scheduler = AsyncIOScheduler()
                UPLOADS = Path(os.getenv("UPLOADS", "var/uploads"))
                UPLOADS.mkdir(parents=True, exist_ok=True)
                url = os.environ["DATABASE_URL"]
                subprocess.run(["pdftotext", "-"])
                """,
                "seed.py": "if __name__ == '__main__':\n    pass\n",
                "docker-compose.yml":
                    "services:\n  db:\n    image: postgres:14-alpine\n  web:\n    build: .\n    ports: ['80:8080']\n",
            ]))
        let service = spec.services.first
        #expect(service?.release == "alembic upgrade head")
        #expect(service?.seed == "python -m seed")
        #expect(service?.uses == ["db"])
        #expect(service?.systemPackages == ["libmagic1", "libpq5", "poppler-utils"])
        #expect(service?.buildPackages == ["gcc", "libpq-dev", "python3-dev"])
        #expect(service?.writableDirectories == ["var/uploads"])
        #expect(service?.singleInstance?.contains("scheduler") == true)
        #expect(spec.resources == [Resource(name: "db", kind: .postgres, version: "14", variable: "DATABASE_URL")])
    }

    @Test func `workers stand beside the server of the same code`() {
        let spec = Detection.detect(
            SourceTree(files: [
                "requirements.txt": "fastapi\nuvicorn\ncelery[redis]", "app/__init__.py": "", "app/main.py": Self.api,
                "app/tasks.py": "from celery import Celery\nqueue = Celery('x')\nqueue.conf.beat_schedule = {}\n",
            ]))
        #expect(spec.services.map(\.name) == ["beat", "web", "worker"])
        #expect(spec.service(named: "worker")?.start == "celery -A app.tasks:queue worker --loglevel=info")
        #expect(spec.service(named: "beat")?.start == "celery -A app.tasks:queue beat --loglevel=info")
        #expect(spec.service(named: "worker")?.uses == ["redis"])
        #expect(spec.service(named: "beat")?.singleInstance != nil)
    }
}

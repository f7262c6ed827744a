// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

@testable import SlipwayDetect

/// The trees of ``PythonDetectionTests``.
enum PythonTrees {
    typealias Case = PythonDetectionTests.Case

    static let all = django + objects + programs + workers + manifests

    private static let manage =
        "import os\nfrom django.core.management import execute_from_command_line\n"
        + "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n"
    private static let wsgi =
        "import os\nfrom django.core.wsgi import get_wsgi_application\n"
        + "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\napplication = get_wsgi_application()\n"
    private static let asgi =
        "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n"
    private static let gunicorn = "gunicorn site1.wsgi:application --bind ${HOST:-0.0.0.0}:${PORT:-8000}"
    private static let flask = "from flask import Flask\napp = Flask(__name__)\n"
    private static let fastapi = "from fastapi import FastAPI\napp = FastAPI()\n"
    private static let uvicorn = "--host ${HOST:-0.0.0.0} --port ${PORT:-8000}"

    private static let django = [
        Case(
            testDescription: "django with one settings file",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi, "site1/asgi.py": asgi,
                "site1/settings.py": "ROOT_URLCONF = 'site1.urls'\nINSTALLED_APPS = []\n",
                "site1/urls.py": "urlpatterns = [path('health/', ok)]\n", "requirements.txt": "django\ngunicorn\n",
            ], services: [". backend \(gunicorn)"], port: 8000, health: "/health/",
            release: "python manage.py migrate --noinput", install: "pip install -r requirements.txt"),
        Case(
            testDescription: "django whose settings are a package",
            files: [
                "backend/manage.py": manage.replacing("settings'", with: "settings.local'"),
                "backend/site1/wsgi.py": wsgi.replacing("settings'", with: "settings.production'"),
                "backend/site1/settings/base.py":
                    "ROOT_URLCONF = 'site1.urls'\nWSGI_APPLICATION = 'site1.wsgi.application'\n",
                "backend/site1/settings/production.py": "from .base import *\n",
                "backend/site1/urls.py": "urlpatterns = []\nurlpatterns += [re_path(r'^healthz/?$', ok)]\n",
                "backend/requirements.txt": "django\ngunicorn\n",
            ], services: ["backend backend \(gunicorn)"], health: "/healthz",
            release:
                "DJANGO_SETTINGS_MODULE=${DJANGO_SETTINGS_MODULE:-site1.settings.production} python manage.py migrate --noinput"
        ),
        Case(
            testDescription: "django without a server in its requirements",
            files: ["manage.py": manage, "site1/wsgi.py": wsgi, "requirements.txt": "django\n"],
            services: [". backend \(gunicorn)"], install: "pip install -r requirements.txt && pip install gunicorn"),
        Case(
            testDescription: "channels is served by daphne",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi,
                "site1/asgi.py": asgi + "application = ProtocolTypeRouter({})\n",
                "requirements.txt": "django\nchannels\ndaphne\n",
            ], services: [". backend daphne -b ${HOST:-0.0.0.0} -p ${PORT:-8000} site1.asgi:application"]),
        Case(
            testDescription: "an ASGI file alone does not make a site asynchronous",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi, "site1/asgi.py": asgi,
                "requirements.txt": "django\ngunicorn\nuvicorn\n",
            ], services: [". backend \(gunicorn)"]),
        Case(
            testDescription: "uvicorn alone serves the ASGI object",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi, "site1/asgi.py": asgi,
                "requirements.txt": "django\nuvicorn\n",
            ], services: [". backend uvicorn site1.asgi:application \(uvicorn)"]),
        Case(
            testDescription: "requirements above manage.py",
            files: [
                "src/manage.py": manage, "src/site1/wsgi.py": wsgi, "requirements.txt": "django\ngunicorn\npsycopg\n",
            ], services: ["src backend \(gunicorn)"], install: "pip install -r ../requirements.txt",
            resources: [.postgres]),
        Case(
            testDescription: "huey in Django, with its queue in a file",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi, "requirements.txt": "django\ngunicorn\nhuey\n",
                "site1/settings.py":
                    "INSTALLED_APPS = ['huey.contrib.djhuey']\nHUEY = {'huey_class': 'huey.SqliteHuey'}\n",
            ], services: [". backend \(gunicorn)", ". worker python manage.py run_huey"]),
        Case(
            testDescription: "celery in Django with a schedule in the database",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi, "requirements.txt": "django\ngunicorn\ncelery\nredis\n",
                "site1/settings.py": "INSTALLED_APPS = ['a']\nINSTALLED_APPS += ['django_celery_beat']\n",
                "site1/celery.py": "from celery import Celery\napp = Celery('site1')\n",
            ],
            services: [
                ". worker celery -A site1.celery:app beat --loglevel=info --scheduler django_celery_beat.schedulers:DatabaseScheduler",
                ". backend \(gunicorn)", ". worker celery -A site1.celery:app worker --loglevel=info",
            ], resources: [.redis]),
        Case(
            testDescription: "included URL patterns keep their prefix",
            files: [
                "manage.py": manage, "site1/wsgi.py": wsgi, "requirements.txt": "django\ngunicorn\n",
                "site1/settings.py": "ROOT_URLCONF = 'site1.urls'\n",
                "site1/urls.py": "urlpatterns = [path('api/', include(('core.urls', 'core')))]\n",
                "core/urls.py": "urlpatterns = [path('ping/', v), path('<int:id>/health/', v)]\n",
            ], services: [". backend \(gunicorn)"], health: "/api/ping/"),
        Case(
            testDescription: "a manage.py of Flask-Script is no Django site",
            files: [
                "manage.py": "from flask_script import Manager\nfrom app import app\nManager(app).run()\n",
                "app.py": flask, "requirements.txt": "flask\ngunicorn\n",
            ], services: [". backend gunicorn app:app --bind ${HOST:-0.0.0.0}:${PORT:-5000}"]),
    ]

    private static let objects = [
        Case(
            testDescription: "a factory that gives back two objects is unpacked elsewhere",
            files: [
                "app/__init__.py":
                    "from flask import Flask\nfrom celery import Celery\ndef create_app():\n    app = Flask(__name__)\n    queue = Celery('x')\n    return app, queue\n",
                "run.py": "from app import create_app\nweb, jobs = create_app()\n",
                "requirements.txt": "flask\ngunicorn\ncelery\n",
            ],
            services: [
                ". backend gunicorn run:web --bind ${HOST:-0.0.0.0}:${PORT:-5000}",
                ". worker celery -A run:jobs worker --loglevel=info",
            ]),
        Case(
            testDescription: "Flask's documented Celery set-up",
            files: [
                "app/__init__.py":
                    "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
                "make_celery.py":
                    "from app import create_app\nflask_app = create_app()\ncelery_app = flask_app.extensions[\"celery\"]\n",
                "requirements.txt": "flask\ngunicorn\ncelery\n",
            ],
            services: [
                ". backend gunicorn make_celery:flask_app --bind ${HOST:-0.0.0.0}:${PORT:-5000}",
                ". worker celery -A make_celery:celery_app worker --loglevel=info",
            ]),
        Case(
            testDescription: "a factory alone",
            files: [
                "api/main.py":
                    "from fastapi import FastAPI\ndef create_app() -> FastAPI:\n    app = FastAPI()\n    return app\n",
                "api/__init__.py": "", "requirements.txt": "fastapi\nuvicorn\n",
            ], services: [". backend uvicorn --factory api.main:create_app \(uvicorn)"]),
        Case(
            testDescription: "a factory that calls another",
            files: [
                "core.py": "from flask import Flask\ndef build():\n    return Flask(__name__)\n",
                "wsgi.py":
                    "from core import build\ndef create_app():\n    app = build()\n    return app\napplication = create_app()\n",
                "requirements.txt": "flask\ngunicorn\n",
            ], services: [". backend gunicorn wsgi:application --bind ${HOST:-0.0.0.0}:${PORT:-5000}"]),
        Case(
            testDescription: "an object made in a package's own file",
            files: ["shop/__init__.py": flask, "requirements.txt": "flask\ngunicorn\n"],
            services: [". backend gunicorn shop:app --bind ${HOST:-0.0.0.0}:${PORT:-5000}"]),
        Case(
            testDescription: "two objects, the README names one",
            files: [
                "main.py": fastapi, "service.py": "from fastapi import FastAPI\napi = FastAPI()\n",
                "README.md": "Run `uvicorn service:api`.\n", "requirements.txt": "fastapi\nuvicorn\n",
            ], services: [". backend uvicorn service:api \(uvicorn)"]),
        Case(
            testDescription: "code without any requirements starts where it stands",
            files: ["backend/app.py": flask, "frontend/readme.txt": ""],
            services: ["backend backend gunicorn app:app --bind ${HOST:-0.0.0.0}:${PORT:-5000}"]),
        Case(
            testDescription: "two services with requirements of their own",
            files: [
                "orders/main.py": fastapi, "orders/requirements.txt": "fastapi\nuvicorn\n", "users/main.py": fastapi,
                "users/requirements.txt": "fastapi\nuvicorn\n",
            ], services: ["orders backend uvicorn main:app \(uvicorn)", "users backend uvicorn main:app \(uvicorn)"]),
        Case(
            testDescription: "two images share the requirements above them",
            files: [
                "requirements.txt": "fastapi\nuvicorn\n", "orders/main.py": fastapi,
                "orders/Dockerfile": "FROM python:3.12\n", "users/main.py": fastapi,
                "users/Dockerfile": "FROM python:3.12\n",
            ], services: ["orders backend uvicorn main:app \(uvicorn)", "users backend uvicorn main:app \(uvicorn)"],
            install: "pip install -r ../requirements.txt"),
        Case(
            testDescription: "imports that work only from the folder above",
            files: [
                "backend/main.py": fastapi + "from backend.db import x\n", "backend/db.py": "x = 1\n",
                "backend/requirements.txt": "fastapi\nuvicorn\n",
            ], services: [". backend uvicorn backend.main:app \(uvicorn)"],
            install: "pip install -r backend/requirements.txt"),
        Case(
            testDescription: "the program's own port is kept",
            files: [
                "front.py": flask + "if __name__ == '__main__':\n    app.run(host='0.0.0.0', port=8081)\n",
                "requirements.txt": "flask\ngunicorn\n",
            ], services: [". backend gunicorn front:app --bind ${HOST:-0.0.0.0}:${PORT:-8081}"], port: 8081),
        Case(
            testDescription: "fasthtml's pair",
            files: [
                "main.py":
                    "from fasthtml.common import *\napp, rt = fast_app()\n@rt('/healthz')\ndef get(): return 1\nserve()\n",
                "requirements.txt": "python-fasthtml\nuvicorn\n",
            ], services: [". backend uvicorn main:app --host ${HOST:-0.0.0.0} --port ${PORT:-5001}"], port: 5001,
            health: "/healthz"),
        Case(
            testDescription: "a Litestar controller's path",
            files: [
                "app.py":
                    "from litestar import Litestar, Controller, get\nclass System(Controller):\n    path = '/api'\n    @get(path='/health')\n    async def ok(self) -> None: ...\napp = Litestar(route_handlers=[System])\n",
                "requirements.txt": "litestar\nuvicorn\n",
            ], services: [". backend uvicorn app:app \(uvicorn)"], health: "/api/health"),
        Case(
            testDescription: "a package manifest that only compiles styles does not take the service over",
            files: [
                "app.py": flask, "requirements.txt": "flask\ngunicorn\n",
                "package.json": "{\"scripts\": {\"start\": \"node watch.js\"}}",
                "watch.js": "require('http').createServer().listen(4000)\n",
            ], services: [". backend gunicorn app:app --bind ${HOST:-0.0.0.0}:${PORT:-5000}"]),
    ]

    private static let programs = [
        Case(
            testDescription: "streamlit with its usual file",
            files: ["app.py": "import streamlit as st\nst.title('x')\n", "requirements.txt": "streamlit\n"],
            services: [
                ". backend streamlit run app.py --server.port ${PORT:-8501} --server.address ${HOST:-0.0.0.0} --server.headless true"
            ], port: 8501, health: "/_stcore/health"),
        Case(
            testDescription: "streamlit whose file the development container names",
            files: [
                "Talk.py": "import streamlit as st\nst.title('x')\n", "app.py": "import streamlit as st\nst.x()\n",
                ".devcontainer/devcontainer.json": "{\"postAttachCommand\": \"streamlit run Talk.py\"}",
                "pages/One.py": "import streamlit as st\nst.title('y')\n", "requirements.txt": "streamlit\n",
            ],
            services: [
                ". backend streamlit run Talk.py --server.port ${PORT:-8501} --server.address ${HOST:-0.0.0.0} --server.headless true"
            ]),
        Case(
            testDescription: "gradio",
            files: [
                "demo.py": "import gradio as gr\npage = gr.Blocks()\npage.launch()\n", "requirements.txt": "gradio\n",
            ],
            services: [
                ". backend GRADIO_SERVER_NAME=${HOST:-0.0.0.0} GRADIO_SERVER_PORT=${PORT:-7860} python demo.py"
            ], port: 7860),
        Case(
            testDescription: "tornado",
            files: [
                "server.py": "import tornado.web\napp = tornado.web.Application([])\napp.listen(8765)\n",
                "requirements.txt": "tornado\n",
            ], services: [". backend python server.py"], port: 8765),
        Case(
            testDescription: "aiohttp with a port from the environment",
            files: [
                "main.py":
                    "import os\nfrom aiohttp import web\nweb.run_app(make(), port=int(os.getenv('PORT', '9001')))\n",
                "requirements.txt": "aiohttp\n",
            ], services: [". backend python main.py"], port: 9001),
        Case(
            testDescription: "nicegui",
            files: ["main.py": "from nicegui import ui\nui.run()\n", "requirements.txt": "nicegui\n"],
            services: [". backend python main.py"], port: 8080),
        Case(
            testDescription: "a notebook and a library are no service",
            files: [
                "setup.py": "from setuptools import setup\nsetup(name='x')\n", "x/__init__.py": "def f(): pass\n",
                "notes.ipynb": "{}",
            ], services: []),
        Case(
            testDescription: "a library whose tests make an application",
            files: [
                "pyproject.toml": "[project]\nname = \"x\"\ndependencies = [\"flask\"]\n", "x/__init__.py": "y = 1\n",
                "tests/test_app.py": flask,
            ], services: []),
    ]

    private static let workers = [
        Case(
            testDescription: "celery and its schedule",
            files: [
                "jobs.py":
                    "from celery import Celery\nqueue = Celery('x', broker='amqp://guest@mq//')\nqueue.conf.beat_schedule = {}\n",
                "requirements.txt": "celery\n",
            ],
            services: [
                ". worker celery -A jobs:queue beat --loglevel=info",
                ". worker celery -A jobs:queue worker --loglevel=info",
            ], resources: [.rabbitmq]),
        Case(
            testDescription: "celery in the source and in Compose is one worker",
            files: [
                "jobs.py": "from celery import Celery\nqueue = Celery('x')\n", "requirements.txt": "celery\n",
                "Dockerfile": "FROM python:3.12\nCOPY . .\n",
                "compose.yml": "services:\n  tasks:\n    build: .\n    command: celery -A jobs worker\n",
            ], services: [". worker celery -A jobs:queue worker --loglevel=info"]),
        Case(
            testDescription: "dramatiq in two modules",
            files: [
                "a.py": "import dramatiq\n@dramatiq.actor\ndef f(): pass\n",
                "b.py": "import dramatiq\n@dramatiq.actor(max_retries=1)\ndef g(): pass\n",
                "requirements.txt": "dramatiq[redis]\n",
            ], services: [". worker dramatiq a b"], resources: [.redis]),
        Case(
            testDescription: "arq settings by another name",
            files: [
                "q/jobs.py": "import arq\nclass MailWorkerSettings:\n    functions = []\n", "requirements.txt": "arq\n",
            ],
            services: [". worker arq q.jobs.MailWorkerSettings"]),
        Case(
            testDescription: "huey without Django",
            files: [
                "q.py": "from huey import RedisHuey\nhuey = RedisHuey('x')\n", "requirements.txt": "huey\nredis\n",
            ],
            services: [". worker huey_consumer q.huey"]),
        Case(
            testDescription: "taskiq worker and scheduler",
            files: [
                "tkq.py":
                    "from taskiq_redis import ListQueueBroker\nfrom taskiq import TaskiqScheduler\nbroker = ListQueueBroker('redis://r')\nsched = TaskiqScheduler(broker)\n",
                "requirements.txt": "taskiq\ntaskiq-redis\n",
            ],
            services: [". worker taskiq scheduler tkq:sched", ". worker taskiq worker tkq:broker --fs-discover"]),
        Case(
            testDescription: "saq settings",
            files: [
                "jobs.py":
                    "from saq import Queue\nqueue = Queue.from_url('redis://r')\nsettings = {'queue': queue, 'functions': []}\n",
                "requirements.txt": "saq\n",
            ], services: [". worker saq jobs.settings"]),
        Case(
            testDescription: "rq without a program of its own",
            files: [
                "enqueue.py": "from rq import Queue\nq = Queue('mail', connection=c)\n", "requirements.txt": "rq\n",
            ], services: [". worker rq worker --url ${REDIS_URL:-redis://localhost:6379} mail"]),
        Case(
            testDescription: "a scheduler that never comes back",
            files: [
                "clock.py":
                    "from apscheduler.schedulers.blocking import BlockingScheduler\ns = BlockingScheduler()\ns.start()\n",
                "requirements.txt": "apscheduler\n",
            ], services: [". worker python -m clock"]),
        Case(
            testDescription: "a bot that polls",
            files: [
                "bot/main.py": "from telegram.ext import Application\nApplication.builder().build().run_polling()\n",
                "requirements.txt": "python-telegram-bot\n",
            ], services: [". worker python -m bot.main"]),
    ]

    private static let manifests = [
        manifest("uv", ["pyproject.toml": project, "uv.lock": ""], "uv sync --frozen --no-dev", "3.11"),
        manifest(
            "poetry", ["pyproject.toml": poetry, "poetry.lock": ""], "poetry install --only main --no-root", "3.10"),
        manifest(
            "pdm", ["pyproject.toml": project, "pdm.lock": ""], "pdm install --prod --frozen-lockfile --no-self", "3.11"
        ),
        manifest(
            "pipenv",
            [
                "Pipfile": "[packages]\nfastapi = \"*\"\nuvicorn = \"*\"\n[requires]\npython_version = \"3.12\"\n",
                "Pipfile.lock": "{}",
            ], "pipenv install --deploy", "3.12"),
        manifest(
            "two requirements files",
            ["requirements.txt": "fastapi\nuvicorn\n", "requirements-dev.txt": "pytest\n"],
            "pip install -r requirements.txt", nil),
        manifest(
            "requirements in a folder",
            ["requirements/base.txt": "fastapi\nuvicorn\n", "requirements/prod.txt": "-r base.txt\n"],
            "pip install -r requirements/prod.txt", nil),
        manifest(
            "asdf", ["requirements.txt": "fastapi\nuvicorn\n", ".tool-versions": "nodejs 20.1\npython 3.12.4\n"],
            "pip install -r requirements.txt", "3.12.4"),
        manifest(
            "runtime.txt", ["requirements.txt": "fastapi\nuvicorn\n", "runtime.txt": "python-3.9.7\n"],
            "pip install -r requirements.txt", "3.9.7"),
        manifest(
            "a version file beats the range",
            ["pyproject.toml": project, "uv.lock": "", ".python-version": "3.13\n"], "uv sync --frozen --no-dev",
            "3.13"),
    ]

    private static let project =
        "[project]\nname = \"x\"\nrequires-python = \">=3.11,<4\"\ndependencies = [\"fastapi\", \"uvicorn\"]\n"
    private static let poetry =
        "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.10\"\nfastapi = \"*\"\nuvicorn = \"*\"\n"

    private static func manifest(_ name: String, _ files: [String: String], _ install: String, _ version: String?)
        -> Case
    {
        Case(
            testDescription: name, files: files.merging(["main.py": fastapi]) { old, _ in old },
            services: [". backend uvicorn main:app \(uvicorn)"], install: install, version: version)
    }
}

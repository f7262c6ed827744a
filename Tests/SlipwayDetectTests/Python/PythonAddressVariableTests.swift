// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

@testable import SlipwayFiles

/// Addresses of queues and caches under names of the programmer's own.
struct PythonAddressVariableTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var requirements: String
        var code: String
        var template = ""
        /// A name with how its value begins.
        var expected: [String: String]
    }

    private static let cases = [
        Case(
            testDescription: "Celery's template says Redis", requirements: "celery\nredis\n",
            code:
                "from celery import Celery\njobs = Celery('a', broker=os.getenv('QUEUE'), backend=os.getenv('RESULTS'))\n",
            template: "QUEUE=redis://localhost:6379/0\nRESULTS=redis://localhost:6379/1\n",
            expected: ["QUEUE": "redis://redis:", "RESULTS": "redis://redis:"]),
        Case(
            testDescription: "Celery's template says RabbitMQ", requirements: "celery\n",
            code: "from celery import Celery\njobs = Celery('a', broker=os.environ['QUEUE'])\n",
            template: "QUEUE=amqp://guest:guest@localhost//\n", expected: ["QUEUE": "amqp://"]),
        Case(
            testDescription: "Celery's configuration as attributes", requirements: "celery[redis]\n",
            code: "from celery import Celery\njobs = Celery('a')\njobs.conf.broker_url = os.environ['TASKS_AT']\n",
            expected: ["TASKS_AT": "redis://redis:"]),
        Case(
            testDescription: "Dramatiq with RabbitMQ", requirements: "dramatiq[rabbitmq]\n",
            code:
                "import dramatiq\nfrom dramatiq.brokers.rabbitmq import RabbitmqBroker\ndramatiq.set_broker(RabbitmqBroker(url=os.environ['MQ']))\n",
            expected: ["MQ": "amqp://"]),
        Case(
            testDescription: "arq", requirements: "arq\n",
            code:
                "from arq.connections import RedisSettings\nclass WorkerSettings:\n    redis_settings = RedisSettings.from_dsn(os.environ['JOBS'])\n",
            expected: ["JOBS": "redis://redis:"]),
        Case(
            testDescription: "Huey", requirements: "huey\nredis\n",
            code: "from huey import RedisHuey\nhuey = RedisHuey('a', url=os.environ['STORE'])\n",
            expected: ["STORE": "redis://redis:"]),
        Case(
            testDescription: "Redis by its host", requirements: "redis\n",
            code: "from redis import Redis\ncache = Redis(host=os.environ['CACHE_AT'])\n",
            expected: ["CACHE_AT": "redis"]),
        Case(
            testDescription: "MongoDB's first argument", requirements: "pymongo\n",
            code: "from pymongo import MongoClient\nclient = MongoClient(os.getenv('CLIENT'))\n",
            expected: ["CLIENT": "mongodb://"]),
        Case(
            testDescription: "a settings object", requirements: "sqlalchemy\nasyncpg\npydantic-settings\n",
            code:
                "from pydantic_settings import BaseSettings\nfrom sqlalchemy.ext.asyncio import create_async_engine\nclass Settings(BaseSettings):\n    store: str\nsettings = Settings()\nengine = create_async_engine(settings.store)\n",
            expected: ["STORE": "postgresql+asyncpg://"]),
        Case(
            testDescription: "nested settings", requirements: "sqlalchemy\npsycopg2-binary\npydantic-settings\n",
            code:
                "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\nclass Database(BaseModel):\n    url: str\nclass Settings(BaseSettings):\n    model_config = {'env_nested_delimiter': '__'}\n    database: Database\nsettings = Settings()\n",
            expected: ["DATABASE__URL": "postgresql"]),
        Case(
            testDescription: "the template's driver", requirements: "sqlalchemy\npsycopg2-binary\n",
            code:
                "url = os.environ['DATABASE_URL']\nif not url.startswith('postgresql+psycopg2://'):\n    raise ValueError(url)\n",
            template: "DATABASE_URL=postgresql+psycopg2://a:b@localhost/c\n",
            expected: ["DATABASE_URL": "postgresql+psycopg2://"]),
    ]

    @Test func `a list above the service is in the image's context`() {
        let choice = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
        let tree = SourceTree(files: [
            "requirements/base.txt": "django\n",
            "web/manage.py": choice + "from django.core.management import execute_from_command_line\n",
            "web/shop/__init__.py": "", "web/shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
            "web/shop/wsgi.py":
                choice + "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        ])
        let input = EmitterInput(app: Detection.detect(tree), tree: tree, written: [])
        let file = DockerfileEmitter().emit(input).first { $0.contents.contains("pip install") }?.contents ?? ""
        #expect(file.contains("COPY requirements/base.txt /app/requirements/"), "\(file)")
        #expect(file.contains("WORKDIR /app/web"), "\(file)")
    }

    @Test(arguments: cases)
    func `a variable gets the address of what the code connects to with it`(_ given: Case) {
        var files = [
            "requirements.txt": "fastapi\nuvicorn\n" + given.requirements,
            "main.py": "from fastapi import FastAPI\nimport jobs\napp = FastAPI()\n",
            "jobs.py": "import os\n" + given.code,
        ]
        if !given.template.isEmpty { files[".env.example"] = given.template }
        let tree = SourceTree(files: files)
        let input = EmitterInput(app: Detection.detect(tree), tree: tree, written: [])
        let compose = ComposeEmitter().emit(input).first { $0.path == "docker-compose.prod.yml" }?.contents ?? ""
        for (name, value) in given.expected { #expect(compose.contains("      \(name): \(value)"), "\(compose)") }
    }
}

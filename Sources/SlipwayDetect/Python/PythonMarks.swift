// SPDX-License-Identifier: Apache-2.0

/// Words without which a Python file says nothing about deployment; most files of a large repository have none.
enum PythonMarks {
    private static let words: Set<[UInt8]> = Set(
        [
            "FastAPI", "create_app", "make_app", "get_app", "build_app", "app_factory", "create_application",
            "get_application", "APIRouter", "Starlette", "Litestar", "litestar", "Controller", "Flask", "APIFlask",
            "Quart",
            "Blueprint", "Bottle",
            "falcon",
            "FastHTML", "fast_app", "blacksheep", "socketio", "ASGIApp", "get_wsgi_application", "get_asgi_application",
            "urlpatterns", "ProtocolTypeRouter", "get_default_application", "STATIC_ROOT", "ROOT_URLCONF", "run_app",
            "HTTPServer", "launch", "Sanic", "listen", "INSTALLED_APPS", "DATABASES", "uvicorn", "gunicorn",
            "hypercorn", "waitress", "Celery",
            "dramatiq", "Huey", "AsyncIOScheduler", "BackgroundScheduler", "BlockingScheduler",
            "create_engine",
            "create_async_engine", "sqlite3", "makedirs", "mkdir", "StaticFiles", "UploadFile", "subprocess",
            "create_subprocess_exec", "BaseSettings", "streamlit", "gradio", "websocket",

            "add_resource", "Namespace", "MEDIA_ROOT", "include_router", "register_blueprint", "arq", "WorkerSettings",
            "__main__", "create_app", "create_application", "make_celery", "litestar", "nicegui", "tornado", "chainlit",
            "Dash", "Sanic", "run_app", "huey", "RedisHuey",
            "SqliteHuey", "taskiq", "saq", "SAQConfig", "SAQPlugin", "celery", "aiohttp", "bottle", "Worker",
            "broker_url", "run_polling", "infinity_polling", "start_polling",
            "procrastinate", "Queue", "beat_schedule", "get_asgi_application", "boto3", "urls", "HttpUser", "sqlite",
            "amqp", "redis", "aiosqlite", "FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler",
            "WatchedFileHandler", "psycopg", "psycopg2", "asyncpg", "pymysql", "MySQLdb", "aiomysql", "MongoClient",
            "AsyncIOMotorClient", "pika", "SQLALCHEMY_DATABASE_URI",
            "dotenv_values", "load_dotenv",
        ].map { Array($0.utf8) })
    private static let lengths: Set<Int> = Set(words.map(\.count))
    private static let firstBytes: [Bool] = (0..<256).map { byte in words.contains { $0.first == UInt8(byte) } }

    static func appear(in bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var position = 0
            while position < bytes.count {
                guard bytes[position].isNamePart else {
                    position += 1
                    continue
                }
                let start = position
                while position < bytes.count, bytes[position].isNamePart { position += 1 }
                if firstBytes[Int(bytes[start])], lengths.contains(position - start),
                    words.contains(Array(bytes[start..<position]))
                {
                    return true
                }
            }
            return false
        }
    }
}

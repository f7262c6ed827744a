// SPDX-License-Identifier: Apache-2.0

/// Names that runtimes, servers and libraries read, so that application code need not mention them.
enum ForeignVariables {
    private static let names: Set<String> = [
        "TZ", "DEBIAN_FRONTEND", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "GUNICORN_CMD_ARGS",
        "DJANGO_SETTINGS_MODULE",
        "JAVA_OPTS", "RUST_LOG", "RUST_BACKTRACE", "GIN_MODE", "GOMAXPROCS", "GOMEMLIMIT", "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
        "PHX_SERVER", "ERL_AFLAGS", "CHOKIDAR_USEPOLLING", "WATCHPACK_POLLING", "WDS_SOCKET_PORT", "HOST", "PORT",
        "GENERATE_SOURCEMAP", "PROJECT_NAME", "MALLOC_ARENA_MAX", "LD_PRELOAD", "COREPACK_ENABLE_STRICT",
    ]
    private static let prefixes = [
        "PYTHON", "PIP_", "UV_", "POETRY_", "NODE_", "NPM_", "YARN_", "PNPM_", "NEXT_TELEMETRY", "COMPOSE_", "DOCKER_",
        "BUILDKIT_", "UVICORN_", "GUNICORN_", "FLASK_", "CELERY_", "AWS_", "OTEL_", "SENTRY_", "SPRING_", "ASPNETCORE_",
        "DOTNET_", "RAILS_", "BUNDLE_", "JAVA_", "JDK_", "PHP_", "COMPOSER_", "APACHE_", "NGINX_", "ROCKET_", "GF_",
        "PGADMIN_", "POSTGRES_", "MYSQL_", "MARIADB_", "MONGO_INITDB_", "REDIS_ARGS", "RABBITMQ_DEFAULT_", "MINIO_",
        "PG", "FLOWER_", "TRAEFIK_", "LC_", "NEXTAUTH_", "AUTH_", "PRISMA_", "OPENAI_", "ANTHROPIC_",
    ]

    static func contains(_ name: String) -> Bool {
        names.contains(name) || PlatformVariables.contains(name) || PlatformVariables.modes.contains(name)
            || prefixes.contains { name.hasPrefix($0) }
    }
}

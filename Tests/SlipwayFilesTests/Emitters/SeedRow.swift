// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import SlipwayFiles

/// One bullet of a seed system, and the words of written files that meet it.
struct SeedRow: Sendable {
    let system: String
    let bullet: String
    /// The example that stands for the system.
    let example: String
    /// Files with what each must say; a file that must only be there says nothing.
    let places: [(path: String, words: [String])]

    init(_ system: String, _ bullet: String, _ example: String, _ places: [(String, [String])]) {
        self.system = system
        self.bullet = bullet
        self.example = example
        self.places = places.map { (path: $0.0, words: $0.1) }
    }

    /// What is not there; `nil` when the bullet is met.
    func missing(in files: [String: GeneratedFileText]) -> String? {
        for place in places {
            guard let text = files[place.path] else { return "no \(place.path)" }
            if let word = place.words.first(where: { !text.contains($0) }) { return "\(place.path) lacks \(word)" }
        }
        return nil
    }
    typealias GeneratedFileText = String
}

/// The seed systems' bullets in their order.
enum SeedRows {
    static let all: [SeedRow] = resume + helpdesk + manager + triggers

    private static let resume: [SeedRow] = {
        let system = "Résumé service on Fly.io"
        func row(_ bullet: String, _ places: (String, [String])...) -> SeedRow {
            SeedRow(system, bullet, "resume", places)
        }
        let back = "backend/Dockerfile"
        let front = "frontend/Dockerfile"
        let nginx = "frontend/nginx.conf"
        return [
            row("Back-end Dockerfile, multi-stage", (back, ["FROM", "AS "])),
            row("Python 3.11-slim in builder and production", (back, ["python:3.11-slim"])),
            row("Dependencies in a virtual environment", (back, ["venv"])),
            row("Process without root", (back, ["USER 1000"])),
            row("Health check and port", (back, ["HEALTHCHECK", "EXPOSE 8000", "/api/v1/health"])),
            row("Only run-time system packages", (back, ["poppler-utils", "libmagic1", "no-install-recommends"])),
            row("apt with retries", (back, ["Retries"])),
            row("Front-end Dockerfile, multi-stage", (front, ["FROM", "AS "])),
            row("Node 20 Alpine builds", (front, ["node:20-alpine", "npm ci"])),
            row("nginx:stable-alpine serves dist", (front, ["nginx:stable-alpine", "/usr/share/nginx/html", "dist"])),
            row(
                "Ignore files for both contexts", ("backend/.dockerignore", []),
                ("frontend/.dockerignore", ["node_modules"])),
            row(
                "Two fly.toml with HTTP services", ("backend/fly.toml", ["[http_service]", "internal_port = 8000"]),
                ("frontend/fly.toml", ["internal_port = 8080"])),
            row("Dockerfile paths in fly.toml", ("backend/fly.toml", ["dockerfile = \"Dockerfile\""])),
            row(
                "Database address and keys as secrets",
                ("scripts/deploy-fly.sh", ["DATABASE_URL", "GOOGLE_API_KEY", "JWT_SECRET", "fly secrets import"])),
            row(
                "Health checks and resources in fly.toml",
                ("backend/fly.toml", ["[[http_service.checks]]", "/api/v1/health", "[[vm]]"])),
            row(
                "The front end finds the back end on the internal network",
                ("frontend/nginx.fly.conf", ["resume-backend.", "fdaa::3"])),
            row("SPA fallback to index.html", (nginx, ["@navigation", "/index.html"])),
            row("Security headers and cache policy", (nginx, ["X-Frame-Options", "immutable", "no-cache"])),
            row("gzip", (nginx, ["gzip on"])),
            row("nginx health endpoint", (nginx, ["location = /healthz"])),
            row("Deployment guide step by step", ("DEPLOYMENT.md", ["fly auth login", "scripts/deploy-fly.sh"])),
            row("Environment documented", ("DEPLOYMENT.md", ["`JWT_SECRET`", "`VITE_API_URL`"])),
            row(
                "Scripts to build and deploy both", ("scripts/build.sh", ["resume-backend", "resume-frontend"]),
                ("scripts/deploy-fly.sh", ["deploy resume-backend", "deploy resume-frontend"])),
            row("Service communication documented", ("DEPLOYMENT.md", [".internal", ".flycast"])),
            row(
                "Image sizes are validated",
                ("scripts/test-docker.sh", ["size_of resume-backend 500", "size_of resume-frontend 50"])),
            row("Scan for known holes", (".github/workflows/ci.yml", ["aquasecurity/trivy-action"])),
            row("Benchmark", (".github/workflows/ci.yml", ["wrk"])),
            row(
                "Rollback", (".github/workflows/rollback.yml", ["--rollback"]),
                ("scripts/deploy-fly.sh", ["restore resume-backend"])),
            row("Layer cache of builds", (".github/workflows/ci.yml", ["cache-from"])),
            row(
                "Monitoring",
                ("deploy/observability/prometheus.yml", ["resume", "/api/v1/health"].filter { $0.hasPrefix("/") })),
            row("Log aggregation", ("deploy/observability/vector.yaml", ["loki"])),
            row(
                "Each service is an application of its own", ("backend/fly.toml", ["app = \"resume-backend\""]),
                ("frontend/fly.toml", ["app = \"resume-frontend\""])),
            row(
                "Public port of the front end, internal port of the back end",
                ("frontend/fly.toml", ["force_https = true", "internal_port = 8080"]),
                ("backend/fly.toml", ["internal_port = 8000"])),
            row("Install from the lock file", ("frontend/Dockerfile", ["npm ci"])),
            row(
                "A failed start restarts, a failed check takes the machine out",
                ("docker-compose.prod.yml", ["restart: unless-stopped", "healthcheck"]),
                ("backend/fly.toml", ["checks"])),
            row(
                "A request that finds no back end gets an answer that says so",
                ("frontend/nginx.conf", ["proxy_connect_timeout", "error_page 502"])),
            row("Rollback by itself", ("scripts/deploy-fly.sh", ["goes back to the image it had"])),
            row("Architecture drawn", ("DEPLOYMENT.md", ["flowchart"]), ("deploy/architecture.svg", ["<svg"])),
            row(
                "Variables are checked before the start, and drift of files is told",
                ("DEPLOYMENT.md", ["slipway env --check", "slipway write"])),
            row(
                "Staging", ("deploy/kubernetes/overlays/staging/kustomization.yaml", []),
                ("DEPLOYMENT.md", ["resume-backend-staging", "overlays/staging"])),
            row("Load test", ("DEPLOYMENT.md", ["wrk ", "slipway rehearse"])),
            row("Connection pools fit the database", ("DEPLOYMENT.md", ["max_connections"])),
        ]
    }()

    private static let helpdesk: [SeedRow] = {
        let system = "Help desk in Docker"
        func row(_ bullet: String, _ places: (String, [String])...) -> SeedRow {
            SeedRow(system, bullet, "helpdesk", places)
        }
        let file = "backend/Dockerfile"
        return [
            row("backend/Dockerfile with builder and run-time stage", (file, ["AS ", "python:3.11-slim"])),
            row("appuser with uid 1000", (file, ["appuser", "1000"])),
            row("/app is the working directory, 8000 the port", (file, ["WORKDIR /app", "EXPOSE 8000"])),
            row("uploads and memories, owned", (file, ["uploads", "memories", "-o 1000"])),
            row("CMD runs uvicorn with main:app", (file, ["CMD", "uvicorn", "main:app"])),
            row(".dockerignore: caches, secrets, .env.example kept", ("backend/.dockerignore", [".env"])),
            row("docker-compose.yml at the root", ("docker-compose.yml", ["backend", "8000"])),
            row("Hot reload through a mount of the source", ("docker-compose.dev.yml", ["backend", "/app"])),
            row("Named volumes for uploads and memories", ("docker-compose.yml", ["uploads", "memories", "volumes:"])),
            row(
                "docker-compose.prod.yml: health, restart, limits",
                ("docker-compose.prod.yml", ["unless-stopped", "memory"])),
            row(
                "Deployment documentation with troubleshooting",
                ("DEPLOYMENT.md", ["## Troubleshooting", "scripts/run-prod.sh"])),
            row(".env.docker.example", (".env.docker.example", [])),
            row(
                "build, run-dev, run-prod", ("scripts/build.sh", ["set -euo pipefail"]), ("scripts/run-dev.sh", []),
                ("scripts/run-prod.sh", [])),
            row(
                "Tests of image, start, health, volumes, port",
                ("scripts/test-docker.sh", ["[%d/9]", "check_health", "check_clean_up"])),
            row("Logs through docker logs, rotated", ("docker-compose.prod.yml", ["max-size"])),
            row(
                "Uploads survive and can be restored", ("scripts/backup.sh", ["tar -cf - memories uploads"]),
                ("scripts/restore.sh", ["backend.tar.gz"])),
            row(
                "Requirements are installed before the source is copied",
                ("backend/Dockerfile", ["COPY requirements.txt"])),
            row("Python 3.11-slim", ("backend/Dockerfile", ["python:3.11-slim"])),
            row("Port 8000 is published", ("docker-compose.dev.yml", ["8000"])),
            row("Values come from .env", ("docker-compose.yml", ["cp .env.docker.example .env"])),
            row("Production mounts no source", ("docker-compose.prod.yml", ["uploads"])),
            row(
                "Example file says what each variable is for and which are required",
                (".env.docker.example", ["required", "optional"])),
            row(
                "Scripts stop at the first error", ("scripts/build.sh", ["set -euo pipefail"]),
                ("scripts/run-dev.sh", ["set -euo pipefail"]), ("scripts/run-prod.sh", ["set -euo pipefail"])),
        ]
    }()

    private static let manager: [SeedRow] = {
        let system = "Project manager, full stack"
        func row(_ bullet: String, _ places: (String, [String])...) -> SeedRow { SeedRow(system, bullet, "pm", places) }
        let nginx = "client/nginx.conf"
        return [
            row(
                "Back-end image: slim, no root, health, gunicorn with uvicorn workers",
                ("server/Dockerfile", ["python:3.11-slim", "USER 1000", "HEALTHCHECK", "gunicorn", "UvicornWorker"])),
            row(
                "Front-end image: Node builds, nginx serves, no root",
                ("client/Dockerfile", ["node:20-alpine", "nginx:stable-alpine", "USER "])),
            row("Development images with hot reload", ("server/Dockerfile", ["AS development"])),
            row(
                "Compose: PostgreSQL, back end, front end",
                ("docker-compose.yml", ["postgres:", "server", "client"])),
            row(
                "Compose: health checks, order, restart, networks, volumes",
                ("docker-compose.yml", ["healthcheck", "service_healthy", "restart", "networks", "volumes"])),
            row("Compose for development with seed data", ("docker-compose.dev.yml", ["app.seed"])),
            row(
                "nginx: files, gzip, cache, SPA, health, errors, proxy",
                (nginx, ["gzip on", "immutable", "@navigation", "/healthz", "@unavailable", "proxy_pass"])),
            row(
                "X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Referrer-Policy",
                (nginx, ["X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection", "Referrer-Policy"])),
            row("One year for assets, no cache for pages", (nginx, ["max-age=31536000, immutable", "no-cache"])),
            row(
                "Environment templates at the root", (".env.example", ["DATABASE_URL"]),
                (".env.production.example", ["POSTGRES_PASSWORD"])),
            row(
                "Environment templates of the client", ("client/.env.example", []),
                ("client/.env.production.example", [])),
            row(
                "Environment templates of the server", ("server/.env.example", ["CORS_ORIGINS"]),
                ("server/.env.production.example", [])),
            row(
                "Procfile for platforms",
                ("server/Procfile", ["web: gunicorn", "UvicornWorker", "release: alembic upgrade head"])),
            row(".dockerignore", ("server/.dockerignore", []), ("client/.dockerignore", [])),
            row(
                "test-docker.sh: nine tests, colours, summary, clean-up",
                ("scripts/test-docker.sh", ["[%d/9]", "33[32m", "summary", "clean"])),
            row(
                "DEPLOYMENT.md: prerequisites and environment",
                ("DEPLOYMENT.md", ["## Prerequisites", "## Environment"])),
            row(
                "DEPLOYMENT.md: Compose, platforms, server",
                ("DEPLOYMENT.md", ["Docker Compose", "Render, Railway or Heroku", "a server of your own"])),
            row(
                "DEPLOYMENT.md: after the deployment, troubleshooting",
                ("DEPLOYMENT.md", ["## After a deployment", "## Troubleshooting"])),
            row(
                "DEPLOYMENT.md: performance, security checklist, updating",
                ("DEPLOYMENT.md", ["## Performance", "## Security checklist", "## Updating"])),
            row(
                "DEPLOYMENT.md: scaling, backup, cost",
                ("DEPLOYMENT.md", ["## Scaling", "## Backup and restore", "## Cost"])),
            row("Resources of containers", ("docker-compose.prod.yml", ["cpus", "memory"])),
            row("No database on a public port", ("docker-compose.prod.yml", ["internal: true"])),
            row(
                "Daily backups, kept for 30 days", ("scripts/backup.sh", ["keep=30", "pg_dump"]),
                ("deploy/vps/slipway-pm-backup.timer", ["OnCalendar"])),
            row("Restore", ("scripts/restore.sh", ["pg_restore", "--single-transaction"])),
            row(
                "Render and Railway", ("render.yaml", ["preDeployCommand: alembic upgrade head"]),
                ("server/railway.json", ["alembic upgrade head"])),
            row(
                "Manual deployment to a server", ("scripts/setup-vps.sh", ["certbot"]),
                ("deploy/vps/nginx-site.conf", ["proxy_pass"])),
            row("Kubernetes", ("deploy/kubernetes/base/server.yaml", ["runAsNonRoot: true", "livenessProbe"])),
            row(
                "Helm chart", ("deploy/helm/pm/Chart.yaml", ["apiVersion: v2"]),
                ("deploy/helm/pm/templates/server.yaml", [".Values.image.registry"])),
            row(
                "Pipeline with tests", (".github/workflows/ci.yml", ["postgres:", "pytest"]),
                (".gitlab-ci.yml", ["pytest"])),
            row(
                "Monitoring with Prometheus", ("deploy/observability/alerts.yml", ["ServiceDown"]),
                ("deploy/observability/dashboard.json", ["\"title\": \"pm\""])),
            row(
                "Horizontal scaling", ("deploy/kubernetes/base/server.yaml", ["HorizontalPodAutoscaler"]),
                ("docker-stack.yml", ["replicas: 2", "failure_action: rollback"])),
            row("Gunicorn with uvicorn workers", ("server/Dockerfile", ["gunicorn", "uvicorn"])),
            row("Production-ready Procfile binds the platform's port", ("server/Procfile", ["$", "PORT"])),
            row(
                "512 MB and half a processor for the back end and the database, 128 MB and a quarter for the front end",
                ("docker-compose.prod.yml", ["memory: 512M", "cpus: \"0.50\"", "memory: 128M", "cpus: \"0.25\""])),
            row("CORS and flags of the environment", ("server/.env.example", ["CORS"])),
            row("Log rotation", ("docker-compose.prod.yml", ["max-size"])),
            row("Database is reset with one command", ("scripts/run-dev.sh", ["--reset"])),
            row("HTTPS on a server of one's own", ("scripts/setup-vps.sh", ["certbot --nginx"])),
            row("PostgreSQL on Alpine", ("docker-compose.yml", ["image: postgres:", "-alpine"])),
        ]
    }()

    private static let triggers: [SeedRow] = {
        let system = "Triggers API on Fly.io"
        func row(_ bullet: String, _ places: (String, [String])...) -> SeedRow {
            SeedRow(system, bullet, "triggers", places)
        }
        return [
            row("Multi-stage Dockerfile without root", ("Dockerfile", ["AS ", "USER 1000"])),
            row(
                "fly.toml: health checks, metrics, VM size, region",
                ("fly.toml", ["[[http_service.checks]]", "[metrics]", "[[vm]]", "primary_region = \"ord\""])),
            row("Processes of one application", ("fly.toml", ["[processes]", "worker = "])),
            row(
                "fly postgres create and attach",
                ("scripts/deploy-fly.sh", ["fly postgres create", "fly postgres attach"])),
            row("Migrations through release_command", ("fly.toml", ["release_command = \"python -m app.migrate\""])),
            row(
                "API_KEY_SALT and WEBHOOK_SECRET as secrets",
                ("scripts/deploy-fly.sh", ["API_KEY_SALT", "WEBHOOK_SECRET"])),
            row(".env.example for local development", (".env.example", ["API_KEY_SALT"])),
            row(
                "Pipeline: tests with a PostgreSQL service",
                (".github/workflows/ci.yml", ["postgres:", "services:", "pytest"])),
            row("Pipeline: benchmark job", (".github/workflows/ci.yml", ["benchmark:"])),
            row(
                "Pipeline: deploy with flyctl-actions and FLY_API_TOKEN",
                (".github/workflows/ci.yml", ["superfly/flyctl-actions", "FLY_API_TOKEN"])),
            row("scripts/deploy-fly.sh", ("scripts/deploy-fly.sh", ["--rollback"])),
            row(
                "Guide: monitoring, scaling, troubleshooting",
                ("DEPLOYMENT.md", ["fly logs", "fly scale", "## Troubleshooting"])),
            row("Guide: cost with its source", ("DEPLOYMENT.md", ["## Cost", "fly.io/docs/about/pricing"])),
            row(
                "Guide: secrets are set without being printed",
                ("DEPLOYMENT.md", ["sets secrets without printing them"])),
            row("Zero downtime", ("fly.toml", ["strategy = \"rolling\""])),
            row("Metrics are scraped", ("deploy/observability/prometheus.yml", ["metrics_path: /metrics"])),
            row("Region ord", ("fly.toml", ["primary_region = \"ord\""])),
            row("Demo and production in the cost table", ("DEPLOYMENT.md", ["Fly.io |"])),
            row("Names of the internal network", ("DEPLOYMENT.md", [".internal"])),
            row("Guide: logs and debugging", ("DEPLOYMENT.md", ["fly logs", "fly ssh console"])),
            row("Guide: the database, by hand", ("DEPLOYMENT.md", ["fly postgres connect"])),
            row(
                "Alternatives: Docker and Kubernetes", ("docker-compose.prod.yml", []),
                ("deploy/kubernetes/base/kustomization.yaml", [])),
            row("One command deploys", ("scripts/deploy-fly.sh", ["fly deploy --app"])),
            row("Guide: performance with commands that verify it", ("DEPLOYMENT.md", ["wrk "])),
            row("A database of staging", ("DEPLOYMENT.md", ["-staging"])),
        ]
    }()
}

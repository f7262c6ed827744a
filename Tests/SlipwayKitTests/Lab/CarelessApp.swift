// SPDX-License-Identifier: Apache-2.0

/// An application in which nearly everything is wrong that can be, and that still starts.
enum CarelessApp {
    static let files = [
        "slipway.yml": """
        services:
          api: {directory: api, role: backend, language: javascript, start: node server.js, port: 3000, healthPath: /healthz, routes: [/api], uses: [db], writableDirectories: [uploads]}
          web: {directory: web, role: spa, outputDirectory: public, routes: [/]}
        resources:
          db: {kind: postgres}
        variables:
          GREETING: hello
        """,
        "api/package.json": #"{"name": "api", "private": true, "scripts": {"start": "node server.js"}}"#,
        "api/package-lock.json": #"{"name": "api", "lockfileVersion": 3, "packages": {"": {"name": "api"}}}"#,
        "api/id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----\nplanted\n-----END OPENSSH PRIVATE KEY-----\n",
        // Swallows SIGTERM, writes beside its code, logs its password, and answers on a fixed port.
        "api/server.js": """
        const http = require("node:http");
        const fs = require("node:fs");
        fs.writeFileSync("/app/started", "now");
        console.log("settings", process.env.GREETING, process.env.DB_PASSWORD);
        process.on("SIGTERM", () => console.log("not now"));
        http.createServer((request, response) => {
          response.setHeader("content-type", "application/json");
          request.resume();
          request.on("end", () => response.end("{}"));
        }).listen(3000, "0.0.0.0");
        """,
        // Source before dependencies, a deleted large file, root, a set-user-ID program, a secret, no health check.
        "api/Dockerfile": """
        FROM node:20-alpine
        WORKDIR /app
        COPY . .
        RUN npm ci && sleep 1
        RUN head -c 5000000 /dev/urandom > /app/cache.bin
        RUN rm /app/cache.bin
        RUN cp /bin/true /usr/local/bin/helper && chmod 4755 /usr/local/bin/helper
        ENV API_SECRET=hunter2hunter2
        EXPOSE 3000
        HEALTHCHECK CMD true
        CMD ["sh", "-c", "unset GREETING; exec node server.js"]
        """,
        "web/public/index.html": "<!doctype html><title>x</title><script src=\"/assets/app-1a2b3c4d.js\"></script>",
        "web/public/assets/app-1a2b3c4d.js": "// " + String(repeating: "careless ", count: 400),
        // No route of the browser application, no cache, no header, no compression, no way to the API, one megabyte.
        "web/nginx.conf": """
        pid /tmp/nginx.pid;
        events {}
        http {
          include /etc/nginx/mime.types;
          server {
            listen 8080;
            root /usr/share/nginx/html;
            location / { add_header Cache-Control "public, max-age=86400"; try_files $uri $uri/index.html =404; }
            location = /api { return 200 "not the api"; }
            location /api/ { proxy_pass http://api:3000; }
          }
        }
        """,
        "web/Dockerfile": """
        FROM nginx:stable-alpine
        COPY nginx.conf /etc/nginx/nginx.conf
        COPY public /usr/share/nginx/html
        RUN head -c 60000000 /dev/urandom > /usr/share/nginx/html/film.mp4
        EXPOSE 8080
        """,
        // The database is open to everybody and keeps its data beside the volume; nobody restarts anything.
        "compose.yaml": """
        services:
          db:
            image: postgres:17-alpine
            environment: {POSTGRES_PASSWORD: "${DB_PASSWORD:?}", POSTGRES_USER: app, PGDATA: /tmp/data}
            ports: ["5432:5432"]
            volumes: ["db:/var/lib/postgresql/data"]
            healthcheck: {test: [CMD-SHELL, "pg_isready -U app"], interval: 2s}
          api:
            build: ./api
            environment: {GREETING: hello, DB_PASSWORD: "${DB_PASSWORD:?}"}
            depends_on: {db: {condition: service_healthy}}
          web:
            build: ./web
            ports: ["8080:8080"]
            depends_on: [api]
        volumes: {db: {}}
        """,
    ]
}

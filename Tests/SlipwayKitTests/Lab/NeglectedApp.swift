// SPDX-License-Identifier: Apache-2.0

/// An application that looks better than the careless one and has the defects that do not show on its author's machine.
enum NeglectedApp {
    static let files = [
        "slipway.yml": """
        services:
          api:
            {directory: api, role: backend, language: javascript, start: node server.js, port: 3000, portVariable: PORT, healthPath: /api/health, routes: [/api], release: node migrate.js}
          admin: {directory: admin, role: backend, language: javascript, start: node server.js, port: 4000, routes: [/admin]}
          web: {directory: web, role: spa, outputDirectory: public, routes: [/]}
        variables:
          API_SALT: {required: true, secret: true, services: [api]}
        """,
        "api/package.json": #"{"name": "api", "private": true, "scripts": {"start": "node server.js"}}"#,
        "api/package-lock.json": #"{"name": "api", "lockfileVersion": 3, "packages": {"": {"name": "api"}}}"#,
        // A default for a secret, a port that nothing moves, a health check that is true while the probe fails.
        "api/server.js": """
        const http = require("node:http");
        const salt = process.env.API_SALT || "change-me";
        const server = http.createServer((request, response) => {
          request.resume();
          response.statusCode = request.url === "/api/health" ? 503 : 200;
          request.on("end", () => response.end(JSON.stringify({ length: salt.length })));
        });
        server.on("upgrade", (request, socket) => {
          if (request.url !== "/api/ws") return socket.destroy();
          socket.end("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n");
        });
        process.on("SIGTERM", () => server.close(() => process.exit(0)));
        server.listen(3000, "0.0.0.0");
        """,
        // Fails when it runs a second time.
        "api/migrate.js": """
        require("node:fs").mkdirSync("/data/migrated");
        console.log("made");
        """,
        "api/Dockerfile": """
        FROM node:20-alpine
        WORKDIR /app
        RUN mkdir /data && chown 1000:1000 /data
        COPY package.json package-lock.json ./
        COPY server.js migrate.js ./
        USER 1000
        EXPOSE 3000
        CMD ["node", "server.js"]
        """,
        "admin/package.json": #"{"name": "admin", "private": true, "scripts": {"start": "node server.js"}}"#,
        "admin/package-lock.json": #"{"name": "admin", "lockfileVersion": 3, "packages": {"": {"name": "admin"}}}"#,
        // Reached by nobody outside its container.
        "admin/server.js": """
        const server = require("node:http").createServer((request, response) => response.end("admin"));
        server.listen(4000, "127.0.0.1");
        process.on("SIGTERM", () => process.exit(3));
        """,
        "admin/Dockerfile": """
        FROM node:20-alpine
        WORKDIR /app
        COPY package.json package-lock.json server.js ./
        USER 1000
        EXPOSE 4000
        CMD ["node", "server.js"]
        """,
        "web/public/index.html": "<!doctype html><title>x</title><script src=\"/assets/app-1a2b3c4d.js\"></script>",
        "web/public/assets/app-1a2b3c4d.js": "// " + String(repeating: "neglected ", count: 400),
        // The page in place of every file, no WebSocket through it, and one megabyte of an upload.
        "web/nginx.conf": """
        pid /tmp/nginx.pid;
        events {}
        http {
          include /etc/nginx/mime.types;
          client_body_temp_path /tmp/body;
          proxy_temp_path /tmp/proxy;
          server {
            listen 8080;
            root /usr/share/nginx/html;
            location / { try_files $uri /index.html; }
            location /api/ { proxy_pass http://api:3000; }
          }
        }
        """,
        "web/Dockerfile": """
        FROM nginx:stable-alpine
        COPY nginx.conf /etc/nginx/nginx.conf
        COPY public /usr/share/nginx/html
        EXPOSE 8080
        """,
        // Two services that need each other on two networks.
        "compose.yaml": """
        services:
          migrate:
            build: ./api
            command: [node, migrate.js]
            volumes: ["data:/data"]
          api:
            build: ./api
            environment: {API_SALT: "${API_SALT}", PORT: "3000"}
            depends_on: {migrate: {condition: service_completed_successfully}, admin: {condition: service_started}}
            healthcheck: {test: [CMD, node, --version]}
            volumes: ["data:/data"]
            networks: [front]
          admin:
            build: ./admin
            networks: [back]
          web:
            build: ./web
            ports: ["8080:8080"]
            depends_on: [api]
            networks: [front]
        networks: {front: {}, back: {}}
        volumes: {data: {}}
        """,
    ]
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// An image of nothing but the language, filled at every start.
    static let installsAtStart = Rule(
        "CO064", .warning, "a deployed service installs its packages when it starts",
        why:
            "Every restart asks the package index first, and does not come up when that is slow or has something newer; "
            + "the process is root, and the source is the host's, so nothing says which version runs and no release "
            + "can be gone back to.",
        catches: [
            "services:\n  api:\n    image: python:3.13-slim\n    restart: always\n    command: sh -c \"pip install -r requirements.txt && gunicorn a:b\"\n    volumes: ['.:/app']\n",
            [
                "compose.prod.yml":
                    "services:\n  web:\n    image: node:22\n    restart: unless-stopped\n    command: [\"sh\", \"-c\", \"npm ci && npm start\"]\n    volumes: ['./web:/app']\n"
            ],
        ],
        passes: [
            "services:\n  api:\n    image: python:3.13-slim\n    command: sh -c \"pip install -r requirements.txt && flask run --reload\"\n    volumes: ['.:/app']\n",
            [
                "compose.dev.yml":
                    "services:\n  web:\n    image: node:22\n    restart: always\n    command: sh -c \"npm install && npm run dev\"\n    volumes: ['.:/app']\n"
            ],
            "services:\n  api:\n    build: .\n    restart: always\n    command: gunicorn a:b\n",
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        return file.services.compactMap { service in
            guard service.build == nil, let image = service.image, let command = service.command?.text,
                languages.contains(ImageName(image.text).repository),
                // Otherwise it is a developer's, or a task that runs once.
                DevelopmentPath.isProduction(file.location)
                    || ["always", "unless-stopped"].contains(service.restart?.text ?? ""),
                !development.contains(where: command.contains),
                let tool = tools.first(where: command.contains)
            else { return nil }
            return Violation(
                line: image.position.line, column: image.position.column,
                "\(tool) runs at every start, as root; write a Dockerfile that does it once and leaves root, and here: build: ."
            )
        }
    }

    private static let languages: Set<String> = ["python", "node", "ruby", "php", "golang", "composer", "oven/bun"]
    private static let tools = [
        "pip install", "npm install", "npm ci", "npm i ", "yarn install", "pnpm install", "pnpm i ", "bun install",
        "bundle install", "composer install", "go run", "uv sync", "poetry install",
    ]
    private static let development = [
        "--reload", "run dev", "nodemon", "run start:dev", "runserver", "--watch", "yarn dev", "pnpm dev", "bun dev",
        "flask run", "--debug",
    ]
}

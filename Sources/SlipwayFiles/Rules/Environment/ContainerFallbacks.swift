// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The list of a service leaves out where the others are.
    static let localhostByDefault = Rule(
        "EN380", .error, "nobody tells a container where another service is, and its code falls back to localhost",
        why:
            "What Compose does not give keeps the code's default. Inside the container localhost is the container itself, "
            + "where neither the database nor the other program runs: the connection is refused.",
        catches: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n    depends_on: [cache]\n  cache:\n    image: redis:7\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                    "a.py": "import os\nHOST = os.getenv(\"REDIS_HOST\", \"localhost\")\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "REDIS_HOST", services: ["web"], origins: ["a.py:2"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      REDIS_HOST: cache\n  cache:\n    image: redis:7\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "connect(process.env.REDIS_URL ||\n  'redis://localhost:6379')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "REDIS_URL", services: ["web"], origins: ["a.js:1"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n  rates:\n    image: rates:1\n    ports: [\"9100:9100\"]\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "get(process.env.RATES_URL ?? 'http://localhost:9100/today')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "RATES_URL", services: ["web"], origins: ["a.js:1"])])),
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      REDIS_URL: redis://cache\n  cache:\n    image: redis:7\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                    "a.py":
                        "import os\nURL = os.getenv(\"REDIS_URL\")\nHOST = os.getenv(\"REDIS_HOST\", \"localhost\")\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "REDIS_HOST", services: ["web"], origins: ["a.py:3"]),
                        Variable(name: "REDIS_URL", services: ["web"], origins: ["a.py:2"]),
                    ])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      CACHE: redis://cache\n  cache:\n    image: redis:7\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "connect(process.env.CACHE || process.env.REDIS_URL || 'redis://localhost:6379')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "CACHE", services: ["web"], origins: ["a.js:1"]),
                        Variable(name: "REDIS_URL", services: ["web"], origins: ["a.js:1"]),
                    ])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n  db:\n    image: postgres:17\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "connect(process.env.REDIS_URL || 'redis://localhost:6379')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: ".", role: .backend)],
                    variables: [Variable(name: "REDIS_URL", services: ["web"], origins: ["a.js:1"])])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        return repository.deployedUnits.flatMap { unit in
            ContainerFallback(of: unit, app)?.violations ?? []
        }
    }
}

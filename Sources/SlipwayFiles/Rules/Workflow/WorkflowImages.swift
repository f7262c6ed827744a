// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// The image that is called one thing and is another.
    static let otherDockerfile = Rule(
        "WF041", .error, "an image for production is built from the Dockerfile for development",
        why:
            "docker build takes Dockerfile unless -f names another: the pushed image starts the development server, mounts "
            + "nothing and may empty the database.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build -t a/web:backend_prod .\n        working-directory: backend\n",
                "backend/Dockerfile": "FROM python:3.13\n", "backend/Dockerfile.prod": "FROM python:3.13\n",
            ]
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build -f Dockerfile.prod -t a/web:backend_prod .\n        working-directory: backend\n",
                "backend/Dockerfile": "FROM python:3.13\n", "backend/Dockerfile.prod": "FROM python:3.13\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build -t a/web:test backend\n",
                "backend/Dockerfile": "FROM python:3.13\n", "backend/Dockerfile.prod": "FROM python:3.13\n",
            ],
        ]
    ) { file in
        file.jobs.flatMap { job in
            job.steps.flatMap { step -> [Violation] in
                guard let run = step.run, let text = run.text else { return [] }
                let folder = step.node["working-directory"]?.text ?? "."
                return text.split(separator: "\n").compactMap { line in
                    let words = line.split { " \"'".contains($0) }.map(String.init)
                    guard words.first == "docker", words.contains("build"), !words.contains("-f"),
                        !words.contains(where: { $0.hasPrefix("--file") }), let context = words.last,
                        let flag = words.firstIndex(where: { $0 == "-t" || $0 == "--tag" }),
                        // A registry of an expression has blanks in it.
                        words[(flag + 1)...].contains(where: {
                            DevelopmentPath.isProduction($0.replacing(":", with: "/"))
                        })
                    else { return nil }
                    let place = GoPath.clean(folder + "/" + context)
                    let names = ["Dockerfile.prod", "Dockerfile.production", "prod.Dockerfile"]
                    let tree = file.repository.tree
                    guard let name = names.first(where: { tree.contains(GoPath.clean(place + "/" + $0)) }),
                        tree.contains(GoPath.clean(place + "/Dockerfile"))
                    else { return nil }
                    return Violation(
                        line: file.line(in: run, containing: String(line)),
                        "builds Dockerfile, and \(GoPath.clean(place + "/" + name)) is there; write: docker build -f \(name)"
                    )
                }
            }
        }
    }
}

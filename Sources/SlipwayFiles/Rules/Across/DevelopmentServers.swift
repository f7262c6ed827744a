// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What is made for one developer serves everybody.
    static let developmentServer = Rule(
        "AP107", .warning, "a development server runs in the image",
        why: "Development servers handle few requests at a time, watch files, show source in error pages, and say "
            + "themselves that they are not for production.",
        catches: [
            ["Dockerfile": "FROM python:3.13\nCMD [\"flask\", \"run\", \"--host=0.0.0.0\"]\n"],
            ["Dockerfile": "FROM python:3.13\nCMD uvicorn a:app --host 0.0.0.0 --reload\n"],
            [
                "Dockerfile": "FROM node:22\nCMD [\"npm\", \"run\", \"dev\", \"--\", \"--host\"]\n",
                "package.json": "{\"scripts\": {\"dev\": \"vite\"}}",
            ],
        ],
        passes: [
            ["Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n"],
            ["Dockerfile.dev": "FROM python:3.13\nCMD [\"flask\", \"run\", \"--host=0.0.0.0\"]\n"],
            [
                "web/Dockerfile": "FROM python:3.13\nCMD [\"flask\", \"run\", \"--host=0.0.0.0\"]\n",
                "web/Dockerfile.prod": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
            ],
        ]
    ) { repository in
        var seen: Set<String> = []
        // With its sources mounted it is somebody's own machine, and the same file may not be deployed at all.
        let mounted = Set(repository.deployedUnits.filter(\.mountsItsSource).map(\.dockerfile.location))
        return repository.deployedUnits.compactMap { unit in
            guard !unit.isForDevelopment, let server = unit.server, server.line.isForDevelopment,
                !hasProductionTwin(unit.dockerfile, in: repository),
                seen.insert("\(server.file):\(server.number)").inserted
            else { return nil }
            let advice: String
            switch server.line.program {
            case "flask": advice = "write: gunicorn --bind 0.0.0.0:5000 MODULE:app"
            case "fastapi": advice = "write: fastapi run"
            case "vite", "react-scripts", "ng", "vue-cli-service": advice = "build, and serve the files with nginx"
            case "npm", "yarn", "pnpm", "bun": advice = "build the application, and start what was built"
            case "next": advice = "write: next build in the image, next start to run"
            default:
                advice =
                    server.line.words.contains("runserver")
                    ? "write: gunicorn --bind 0.0.0.0:8000 PROJECT.wsgi" : "delete --reload"
            }
            let isImage = server.file == unit.dockerfile.location
            return Violation(
                file: server.file, line: server.number,
                "\(server.line.program) runs as a development server; \(advice)",
                severity: isImage && !mounted.contains(server.file) ? .error : .warning)
        }
    }

    /// Whether another Dockerfile of the folder says that it is the one for production.
    private static func hasProductionTwin(_ file: CheckedDockerfile, in repository: CheckedRepository) -> Bool {
        let own = SourceTree.Entry(path: file.location)
        guard !own.name.lowercased().contains("prod") else { return false }
        return repository.dockerfiles.contains { other in
            let entry = SourceTree.Entry(path: other.location)
            return entry.directory == own.directory && entry.name.lowercased().contains("prod")
        }
    }
}

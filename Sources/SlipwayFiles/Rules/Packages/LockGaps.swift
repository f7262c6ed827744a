// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    static let lockGap = Rule(
        "AP460", .error, "a lock file lacks what its manifest asks for",
        why:
            "Somebody added a package and did not commit the lock file. An installation that holds on to the lock file then refuses, so no image builds and no pipeline passes, while everything works where the package is installed already.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n",
                "package.json": "{\"dependencies\": {\"express\": \"^5.1.0\", \"zod\": \"^4.0.0\"}}",
                "package-lock.json":
                    "{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"node_modules/express\": {\n      \"version\": \"5.1.0\"\n    }\n  }\n}\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile\n",
                "package.json": "{\"dependencies\": {\"zod\": \"^4.0.0\"}}",
                "yarn.lock": "# yarn lockfile v1\n\nzod@^3.0.0:\n  version \"3.25.1\"\n",
            ],
            [
                "web/Dockerfile":
                    "FROM node:22\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install --frozen-lockfile\n",
                "web/package.json": "{\"dependencies\": {\"zod\": \"^4.0.0\"}}",
                "web/pnpm-lock.yaml":
                    "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      zod:\n        specifier: ^3.0.0\n        version: 3.25.1\npackages:\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN pip install poetry && poetry install --only main\n",
                "pyproject.toml":
                    "[tool.poetry.dependencies]\npython = \"^3.12\"\nfastapi = \"^0.115\"\nsegno = \"^1.6\"\n",
                "poetry.lock": "[[package]]\nname = \"fastapi\"\nversion = \"0.115.0\"\n",
            ],
            [
                "Dockerfile": "FROM golang:1.25\nCOPY . .\nRUN go build -o /app .\n",
                "go.mod": "module a\n\nrequire (\n\texample.com/mux v1.8.1\n)\n",
                "go.sum": "example.com/mux v1.8.0 h1:a\nexample.com/mux v1.8.0/go.mod h1:b\n",
            ],
            [
                "Dockerfile": "FROM ruby:3.4\nENV BUNDLE_DEPLOYMENT=1\nCOPY . .\nRUN bundle install\n",
                "Gemfile": "source 'https://rubygems.org'\ngem 'rails'\ngem 'redis'\n",
                "Gemfile.lock": "GEM\n  specs:\n    rails (8.0.0)\n\nDEPENDENCIES\n  rails\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm install\nCOPY . .\n",
                "package.json": "{\"dependencies\": {\"zod\": \"^4.0.0\"}}",
                "package-lock.json":
                    "{\n  \"packages\": {\n    \"node_modules/express\": {\n      \"version\": \"5.1.0\"\n    }\n  }\n}\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n",
                "package.json": "{\"dependencies\": {\"express\": \"^5.1.0\"}}",
                "package-lock.json":
                    "{\n  \"packages\": {\n    \"node_modules/express\": {\n      \"version\": \"5.1.0\"\n    }\n  }\n}\n",
            ],
            [
                "Dockerfile": "FROM golang:1.25\nCOPY . .\nRUN go mod tidy && go build -o /app .\n",
                "go.mod": "module a\n\nrequire example.com/mux v1.8.1\n", "go.sum": "example.com/mux v1.8.0 h1:a\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return LockedInstall.all.flatMap { install in
            repository.tree.files(named: install.lock).compactMap { violation(of: install, $0, repository) }
        }
    }

    private static func violation(
        of install: LockedInstall, _ lock: SourceTree.Entry, _ repository: CheckedRepository
    ) -> Violation? {
        let manifest = GoPath.clean(lock.directory + "/" + install.manifest)
        guard !DevelopmentPath.isLikely(lock.path), !lock.path.contains("node_modules/"),
            let asking = repository.tree.text(manifest), let locked = repository.tree.text(lock.path)
        else { return nil }
        let asked = install.asked(asking)
        guard !asked.isEmpty, let holds = install.holding(locked) else { return nil }
        let missing = asked.filter { !holds($0) }
        guard let first = missing.first,
            let severity = LockedBuilds(install: install, folder: lock.directory, repository: repository).severity
        else { return nil }
        let others = missing.count > 1 ? " and \(missing.count - 1) more that" : ", which"
        return Violation(
            file: manifest, line: first.line,
            "\(lock.path) lacks \(first.text)\(others) \(install.manifest) asks for, so \(install.command) refuses; type: \(install.remedy), and commit \(install.lock)",
            severity: severity)
    }
}

/// Who installs by one lock file.
private struct LockedBuilds {
    let install: LockedInstall
    /// Of the lock file.
    let folder: String
    let repository: CheckedRepository

    /// How bad it is that the installation refuses; `nil` when all that install take something else.
    var severity: Severity? {
        let images = repository.dockerfiles.filter(isServed).map { file in
            file.reading.file.instructions.map(\.text).joined(separator: "\n")
        }
        if images.contains(where: install.isRefused) { return .error }
        let told = repository.toldCommands.filter { told in
            (told.folder ?? (told.hasMoved ? nil : folder)) == folder
                && install.isRefused(told.words.joined(separator: " "))
        }
        if told.contains(where: { $0.isOfDeployment }) { return .error }
        // Without an image of its own it is built by one of ours, or by a platform, and both hold on to the lock file.
        return images.isEmpty || !told.isEmpty ? .warning : nil
    }

    private func isServed(by file: CheckedDockerfile) -> Bool {
        let own = SourceTree.Entry(path: file.location).directory
        if own == folder { return true }
        guard folder == "." else { return file.reading.file.instructions.contains { $0.text.contains(folder) } }
        return !repository.tree.contains(GoPath.clean(own + "/" + install.manifest))
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Browsers compare origins as text.
    static let originWithDefaultPort = Rule(
        "CO147", .error, "an origin is written so that it never matches",
        why:
            "Browsers send an origin without the port that belongs to its scheme. http://host:80 matches no request, and the "
            + "API refuses every call of the page.",
        catches: [
            "services:\n  api:\n    build: .\n    environment:\n      ALLOWED_ORIGINS: http://shop.example:80,http://localhost:5173\n",
            "services:\n  api:\n    build: .\n    environment:\n      - CORS_ORIGINS=${CORS_ORIGINS:-https://a.example:443}\n",
        ],
        passes: [
            "services:\n  api:\n    build: .\n    environment:\n      ALLOWED_ORIGINS: http://shop.example,http://shop.example:8080\n",
            "services:\n  api:\n    build: .\n    environment:\n      ALLOWED_ORIGINS: http://shop.example:80,http://shop.example\n",
            "services:\n  api:\n    build: .\n    environment:\n      API_URL: http://shop.example:80\n",
        ]
    ) { file in
        file.services.flatMap { service in
            service.environment.compactMap { variable in
                guard let value = variable.value, let fault = CORSOrigins.fault(name: variable.name, value: value)
                else {
                    return nil
                }
                return Violation(
                    line: variable.line, "\(variable.name): \(fault)",
                    severity: file.isForDevelopment || CORSOrigins.isMild(fault) ? .warning : nil)
            }
        }
    }

    /// An empty variable is one that is there.
    static let emptyOverFile = Rule(
        "CO148", .error, "Compose hands over an empty variable, which hides the file that has it",
        why:
            "${NAME} is taken from the .env beside the Compose file and from the shell. The steps write the value into "
            + "another folder's .env: the container gets an empty variable, and no reader of .env files replaces one that is "
            + "there.",
        catches: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
                "start.sh":
                    "#!/bin/bash\nset -e\ncat > api/.env << EOF\nDATABASE_URL=postgresql://a:b@db/a\nEOF\ndocker compose up -d\n",
                "api/Dockerfile": "FROM python:3.13\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
                "start.sh":
                    "#!/bin/bash\nset -e\ncat > .env << EOF\nDATABASE_URL=postgresql://a:b@db/a\nEOF\ndocker compose up -d\n",
                "api/Dockerfile": "FROM python:3.13\n",
            ],
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      DATABASE_URL: ${DATABASE_URL:?}\n",
                "start.sh":
                    "#!/bin/bash\nset -e\ncat > api/.env << EOF\nDATABASE_URL=postgresql://a:b@db/a\nEOF\ndocker compose up -d\n",
                "api/Dockerfile": "FROM python:3.13\n",
            ],
        ]
    ) { file in
        guard file.repository.isWhole, !file.isForDevelopment else { return [] }
        let written = WrittenVariables.all(in: file.repository).filter { $0.starts(file) }
        guard !written.isEmpty else { return [] }
        return file.services.flatMap { service -> [Violation] in
            guard let context = service.build.flatMap({ file.resolve($0.context) }), context != file.folder else {
                return []
            }
            let given = file.root?.at("services", service.name, "environment")
            return service.environment.compactMap { variable in
                let raw =
                    given?.mapping?.entries.first { $0.key == variable.name }?.value.text
                    ?? given?.sequence?.compactMap(\.text).first { $0.hasPrefix(variable.name + "=") }
                    .map { String($0.dropFirst(variable.name.count + 1)) }
                guard raw == "${\(variable.name)}" || raw == "$\(variable.name)",
                    let source = written.first(where: {
                        $0.target == GoPath.clean(context + "/.env") && $0.names.contains(variable.name)
                    }),
                    !written.contains(where: {
                        $0.file == source.file && $0.target == GoPath.clean(file.folder + "/.env")
                    }),
                    !file.givenByDotenv.contains(variable.name)
                else { return nil }
                return Violation(
                    line: variable.line,
                    "\(source.file):\(source.line) writes \(variable.name) to \(source.target), and the container gets an empty one "
                        + "from here; write it to \(GoPath.clean(file.folder + "/.env")), or write env_file: \(source.target) instead of this line"
                )
            }
        }
    }
}

/// What scripts and documents that start Compose write into files of variables: `cat > api/.env << EOF`.
private struct WrittenVariables {
    let file: String
    let line: Int
    let target: String
    let names: Set<String>
    /// Compose files that the text names.
    let started: Set<String>

    /// Whether the text starts the file: by its name, or as the one that Compose takes without one.
    func starts(_ compose: CheckedFile<ComposeFile>) -> Bool {
        let name = SourceTree.Entry(path: compose.location).name
        let usual = ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"]
        return started.contains(name) || started.isEmpty && usual.contains(name)
    }

    static func all(in repository: CheckedRepository) -> [WrittenVariables] {
        let paths = repository.documents.map(\.path) + repository.scripts.map(\.location)
        return paths.flatMap { path -> [WrittenVariables] in
            guard let bytes = repository.tree.bytes(path), bytes.count < 200_000,
                ByteSearch.contains(".env <<".utf8, in: bytes), ByteSearch.contains("compose".utf8, in: bytes),
                let text = repository.tree.text(path)
            else { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let started = Set(repository.composeFiles.map { SourceTree.Entry(path: $0.location).name }).filter {
                text.contains("-f " + $0)
            }
            return lines.indices.compactMap { index in
                let line = lines[index]
                guard let mark = TextSearch.range(of: ".env <<", in: line),
                    let arrow = line[..<mark.upperBound].lastIndex(of: ">")
                else { return nil }
                let target = line[line.index(after: arrow)..<mark.upperBound].dropLast(3).trimmed
                let end = line[mark.upperBound...].filter { $0.isLetter || $0.isNumber || $0 == "_" }
                let body = lines[(index + 1)...].prefix { $0.trimmed != end }.prefix(100)
                let names = body.compactMap { text in
                    text.firstIndex(of: "=").map { String(text[..<$0]).trimmed }
                }
                guard ToldCommand.isPlain(target), !target.hasPrefix("/") else { return nil }
                return WrittenVariables(
                    file: path, line: index + 1, target: GoPath.clean(target), names: Set(names), started: started)
            }
        }
    }
}

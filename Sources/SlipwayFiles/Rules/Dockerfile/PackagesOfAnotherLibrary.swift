// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Programs and modules ask for the C library that they were made with.
    static let packagesOfAnotherLibrary = Rule(
        "DF065", .error, "Python's files are copied between Alpine and Debian",
        why:
            "Alpine's programs ask for musl and Debian's for glibc: a python3 that is copied over ends with \"not found\", "
            + "and compiled modules cannot be imported.",
        catches: [
            "FROM python:3.13-alpine AS build\nRUN pip install flask\nFROM python:3.13-slim\nCOPY --from=build /usr/local/bin/ /usr/local/bin/\nCMD [\"python3\", \"a.py\"]",
            [
                "Dockerfile":
                    "FROM python:3.13-alpine AS build\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /usr/local/lib/python3.13/site-packages/ /usr/local/lib/python3.13/site-packages/\nCMD [\"python3\", \"a.py\"]",
                "requirements.txt": "psycopg2-binary==2.9.9\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13 AS build\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt\nFROM python:3.13-alpine\nCOPY --from=build /opt/venv /opt/venv\nCMD [\"/opt/venv/bin/python\", \"a.py\"]",
                "requirements.txt": "cryptography==44.0.0\n",
            ],
        ],
        passes: [
            "FROM python:3.13-slim AS build\nRUN pip install flask\nFROM python:3.13-slim\nCOPY --from=build /usr/local/bin/ /usr/local/bin/\nCMD [\"python3\", \"a.py\"]",
            [
                "Dockerfile":
                    "FROM python:3.13-alpine AS build\nRUN pip install -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages\nCMD [\"python3\", \"a.py\"]",
                "requirements.txt": "flask==3.1.0\n",
            ],
            "FROM python:3.13 AS build\nRUN make docs\nFROM python:3.13-alpine\nCOPY --from=build /usr/local/share/docs /docs\nCMD [\"python3\", \"a.py\"]",
        ]
    ) { file in
        guard let last = file.stages.last, let base = file.finalBase.map(ImageName.init), base.name == "python" else {
            return []
        }
        let native = CompiledModules.first(in: file.repository)
        return file.lineage(of: last).compactMap { copy in
            guard copy.keyword == "COPY", let from = copy.flag("from")?.value, let source = copy.arguments.first,
                let stage = file.reading.file.stage(from, in: file.stages), stage.index != last.index
            else { return nil }
            let builder = ImageName(file.rootImage(of: stage))
            guard builder.name == "python", builder.isAlpine != base.isAlpine else { return nil }
            let path = GoPath.clean(source)
            let names = builder.isAlpine ? ("Alpine", "Debian") : ("Debian", "Alpine")
            let advice = "; write the same image for both stages: FROM python:\(base.tag ?? "VERSION")"
            if ["/usr/local/bin", "/usr/local", "/usr", "/usr/local/lib"].contains(path) {
                return Violation(
                    line: copy.line, "python3 of \(names.0) is copied over \(names.1)'s and cannot start there\(advice)"
                )
            }
            guard let native,
                ["site-packages", "venv", ".local", "/wheels", "dist-packages", "/install", "/deps"].contains(
                    where: path.contains)
            else { return nil }
            return Violation(
                line: copy.line, "\(native) was installed for \(names.0) and cannot be imported on \(names.1)\(advice)")
        }
    }
}

/// Python packages with machine code that has no copy in Python.
private enum CompiledModules {
    private static let names = [
        "psycopg2", "psycopg[binary", "psycopg[c", "cryptography", "pillow", "cffi", "numpy", "pandas", "lxml",
        "bcrypt", "argon2-cffi", "uvloop", "asyncpg", "orjson", "pydantic", "fastapi", "mysqlclient", "grpcio",
        "scipy", "scikit-learn", "torch", "httptools", "gevent", "greenlet", "psutil", "rpds-py", "confluent-kafka",
    ]

    /// The lists are in lower case.
    static func first(in repository: CheckedRepository) -> String? {
        for text in repository.pythonRequirements {
            for line in text.split(whereSeparator: \.isNewline) {
                let body = line.drop { " \"'".contains($0) }
                guard let name = names.first(where: body.hasPrefix) else { continue }
                let rest = body.dropFirst(name.count)
                if name.contains("[") || rest.first.map({ !$0.isLetter && $0 != "_" }) ?? true {
                    return String(body.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
                }
            }
        }
        return nil
    }
}

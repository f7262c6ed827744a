// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The image is never built.
    static let driverWithoutWheel = Rule(
        "AP636", .error, "a pinned psycopg2-binary is older than the image's Python",
        why:
            "Without a wheel for the Python pip builds it from source, and a slim image has neither pg_config nor a compiler: "
            + "\"pg_config executable not found\". The wheels began with 2.9.5 for Python 3.11, 2.9.9 for 3.12, 2.9.10 for "
            + "3.13 and 2.9.11 for 3.14 (psycopg.org/docs/news.html).",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "Django==5.0\npsycopg2-binary==2.9.9\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "Django==5.0\npsycopg2-binary==2.9.10\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "psycopg2-binary==2.9.9\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc libpq-dev\nCOPY requirements.txt .\n"
                    + "RUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "psycopg2-binary==2.9.9\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "psycopg2-binary>=2.9\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let lists = PythonPins.all(in: repository.tree)
        var seen: Set<String> = []
        return repository.dockerfiles.flatMap { file -> [Violation] in
            guard let minor = DriverWheels.bareMinor(of: file), let first = DriverWheels.first[minor] else { return [] }
            return lists.compactMap { list in
                guard let pin = list.pins["psycopg2-binary"], pin.range.staysBelow(first.version),
                    DriverWheels.isInstalled(list, by: file), seen.insert(list.place).inserted
                else { return nil }
                return Violation(
                    file: list.place, line: pin.line,
                    "there is no wheel for Python 3.\(minor) (\(file.location)), and the image has no pg_config; write: "
                        + "psycopg2-binary==\(first.text)")
            }
        }
    }
}

/// Since which version psycopg2-binary has wheels for a Python 3, by psycopg.org/docs/news.html.
private enum DriverWheels {
    static let first: [Int: (version: PackageVersion, text: String)] = [
        11: (PackageVersion(2, 9, 5), "2.9.5"), 12: (PackageVersion(2, 9, 9), "2.9.9"),
        13: (PackageVersion(2, 9, 10), "2.9.10"), 14: (PackageVersion(2, 9, 11), "2.9.11"),
    ]

    /// The image's Python 3, when it has no PostgreSQL to build with.
    static func bareMinor(of file: CheckedDockerfile) -> Int? {
        guard let base = file.finalBase.map(ImageName.init), base.name == "python",
            base.isAlpine || base.tag?.contains("slim") == true,
            let version = base.tag.flatMap(LanguageVersion.init), version.major == 3,
            !DevelopmentPath.isLikely(file.location)
        else { return nil }
        let brings = file.reading.file.instructions.contains { instruction in
            ["libpq", "postgresql", "build-essential"].contains(where: instruction.text.contains)
        }
        return brings ? nil : version.minor
    }

    /// Whether the Dockerfile's build installs the list.
    static func isInstalled(_ list: PythonPins, by file: CheckedDockerfile) -> Bool {
        let name = SourceTree.Entry(path: list.place).name
        let folder = SourceTree.Entry(path: file.location).directory
        let isNear = list.folder == folder || list.folder.hasPrefix(folder + "/") || folder == "."
        return isNear
            && file.reading.file.instructions.contains { instruction in
                let text = instruction.text
                return instruction.keyword == "RUN"
                    && (text.contains(name) || list.isLock && (text.contains("uv sync") || text.contains("poetry ")))
            }
    }
}

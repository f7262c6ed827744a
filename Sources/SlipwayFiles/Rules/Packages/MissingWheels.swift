// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The image is never built.
    static let packageWithoutWheel = Rule(
        "AP636", .error, "a pinned package is older than the image's Python",
        why:
            "Without a wheel for the Python pip builds a package from source, and a slim image has no compiler and no library to "
            + "build with: \"pg_config executable not found\". The wheels of psycopg2-binary began with 2.9.5 for Python 3.11, "
            + "2.9.9 for 3.12, 2.9.10 for 3.13 and 2.9.11 for 3.14; those of others stand on pypi.org alike.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "Django==5.0\npsycopg2-binary==2.9.9\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "aiohttp==3.8.6\n",
            ],
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
            guard let minor = BareImages.bareMinor(of: file) else { return [] }
            return lists.filter { InstalledLists.isInstalled($0, by: file) }.flatMap { list in
                list.pins.sorted { $0.key < $1.key }.compactMap { name, pin -> Violation? in
                    // PyYAML is built without its library where there is no compiler.
                    guard name != "pyyaml", let first = PythonWheels.first(of: name, minor: minor),
                        let version = PackageVersion(first), pin.range.staysBelow(version),
                        seen.insert("\(list.place) \(name)").inserted
                    else { return nil }
                    let missing = name == "psycopg2-binary" ? "pg_config" : "compiler"
                    return Violation(
                        file: list.place, line: pin.line,
                        "there is no wheel of \(name) for Python 3.\(minor) (\(file.location)), and the image has no "
                            + "\(missing); write: \(name)==\(first)")
                }
            }
        }
    }
}

/// Images that can build nothing.
private enum BareImages {
    /// The image's Python 3, when it has nothing to build with.
    static func bareMinor(of file: CheckedDockerfile) -> Int? {
        guard let base = file.finalBase.map(ImageName.init), base.name == "python",
            base.isAlpine || base.tag?.contains("slim") == true,
            let version = base.tag.flatMap(LanguageVersion.init), version.major == 3,
            !DevelopmentPath.isLikely(file.location)
        else { return nil }
        let brings = file.reading.file.instructions.contains { instruction in
            ["libpq", "postgresql", "build-essential", "build-base", "gcc", "g++", "clang", "rust", "cargo"]
                .contains(where: instruction.text.contains)
        }
        return brings ? nil : version.minor
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A virtual environment belongs to the Python that made it.
    static let packagesOfAnotherPython = Rule(
        "DF055", .error, "packages of one Python are copied to another",
        why: "Python 3.12 looks in lib/python3.12 and nowhere else, and compiled modules fit one version: every import "
            + "fails.",
        catches: [
            "FROM python:3.12-slim AS build\nRUN pip install flask\nFROM python:3.11-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCMD [\"python\", \"a.py\"]",
            "FROM python:3.13 AS build\nRUN python -m venv /venv\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\nCMD [\"/venv/bin/python\", \"a.py\"]",
        ],
        passes: [
            "FROM python:3.12 AS build\nRUN python -m venv /venv\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\nCMD [\"/venv/bin/python\", \"a.py\"]",
            "FROM python:3.12 AS build\nRUN make docs\nFROM python:3.11-slim\nCOPY --from=build /docs /docs\nCMD [\"python\", \"a.py\"]",
            "FROM python:3 AS build\nRUN python -m venv /venv\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\n",
        ]
    ) { file in
        guard let last = file.stages.last, let here = version(of: file.finalBase ?? "") else { return [] }
        return file.lineage(of: last).compactMap { copy in
            guard copy.keyword == "COPY", let from = copy.flag("from")?.value, let source = copy.arguments.first,
                ["site-packages", "venv", "/root/.local", "/usr/local/lib/python"].contains(where: source.contains),
                let stage = file.reading.file.stage(from, in: file.stages),
                let there = version(of: file.rootImage(of: stage)), there != here
            else { return nil }
            return Violation(
                line: copy.line,
                "the packages are Python \(there)'s, and this image has \(here); write: FROM python:\(there)")
        }
    }

    /// `3.12` of an official image; `nil` when the tag does not say it.
    private static func version(of image: String) -> String? {
        let name = ImageName(image)
        guard name.repository == "python", let version = name.tag.flatMap({ LanguageVersion($0) }),
            let minor = version.minor
        else { return nil }
        return "\(version.major).\(minor)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Language versions in five places.
    static let pythonVersions = Rule(
        "AP181", .warning, "the image's Python is not the project's",
        why: "The project says which versions it works with; the image has another one: installing fails, or the tests "
            + "said nothing about what runs.",
        catches: [
            [
                "Dockerfile": "FROM python:3.9-slim\nCMD [\"python\"]\n",
                "pyproject.toml": "[project]\nname = \"a\"\nrequires-python = \">=3.12\"\n",
            ],
            ["Dockerfile": "FROM python:3.11-slim\nCMD [\"python\"]\n", ".python-version": "3.13\n"],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13-slim\nCMD [\"python\"]\n",
                "pyproject.toml": "[project]\nname = \"a\"\nrequires-python = \">=3.12\"\n",
                ".python-version": "3.13.1\n",
            ]
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard !unit.isForDevelopment,
                !ContextFiles.isForElsewhere(unit.dockerfile, ContextFiles.contexts(unit.dockerfile)),
                let base = unit.dockerfile.finalBase.map(ImageName.init),
                base.name == "python", let tag = base.tag,
                let image = LanguageVersion(tag), image.minor != nil
            else { return nil }
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let line = unit.dockerfile.stages.last?.from.line ?? 1
            for place in [folder, unit.context ?? folder, unit.app?.directory ?? folder] where installsProject(unit) {
                if let text = repository.tree.text(GoPath.clean(place + "/pyproject.toml")),
                    let wanted = LanguageVersion.requirement("requires-python", in: text), !wanted.allows(image)
                {
                    return Violation(
                        file: unit.dockerfile.location, line: line,
                        "pyproject.toml wants Python \(wanted.text); write: FROM python:\(wanted.lowest)-slim",
                        severity: .error)
                }
            }
            for place in [folder, ".", unit.app?.directory ?? folder] {
                if let text = repository.tree.text(GoPath.clean(place + "/.python-version"))?.trimmed,
                    let pinned = LanguageVersion(text),
                    pinned.major != image.major || (pinned.minor != nil && pinned.minor != image.minor)
                {
                    return Violation(
                        file: unit.dockerfile.location, line: line,
                        ".python-version says \(text); write: FROM python:\(text)-slim")
                }
            }
            return nil
        }
    }

    /// Whether the build looks at pyproject.toml: a list of packages alone says nothing of Python.
    private static func installsProject(_ unit: DeployedUnit) -> Bool {
        let texts = unit.dockerfile.reading.file.instructions.filter {
            ["RUN", "CMD", "ENTRYPOINT"].contains($0.keyword)
        }
        .map { $0.arguments.joined(separator: " ") }
        let isList = texts.contains { $0.contains("-r ") || $0.contains("--requirement") }
        let signs = ["poetry", "uv sync", "uv run", "pdm ", "hatch ", " install .", " -e .", " . "]
        return !isList || texts.contains { text in signs.contains(where: text.contains) }
    }
}

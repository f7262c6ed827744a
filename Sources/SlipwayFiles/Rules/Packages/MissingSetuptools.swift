// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ModuleNotFoundError: No module named 'pkg_resources'
    static let missingSetuptools = Rule(
        "AP652", .error, "a pinned package imports what setuptools no longer has",
        why:
            "pkg_resources left setuptools with version 82, and Python's images bring no older one since 3.12: a package of "
            + "that time, like gunicorn before 21, ends at its first import.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"gunicorn\", \"a:app\"]\n",
                "requirements.txt": "Flask==3.0.0\ngunicorn==20.1.0\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"gunicorn\", \"a:app\"]\n",
                "requirements.txt": "Flask==3.0.0\ngunicorn==21.2.0\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "gunicorn==20.1.0\nsetuptools==69.0.0\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.11-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
                "requirements.txt": "gunicorn==20.1.0\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.12-slim\nRUN pip install 'setuptools<81'\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
                "requirements.txt": "gunicorn==20.1.0\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let lists = PythonPins.all(in: repository.tree)
        var seen: Set<String> = []
        return repository.dockerfiles.flatMap { file -> [Violation] in
            guard let base = file.finalBase.map(ImageName.init), base.name == "python",
                let version = base.tag.flatMap(LanguageVersion.init), version.major == 3, (version.minor ?? 14) >= 12,
                !DevelopmentPath.isLikely(file.location), !file.text.contains("setuptools")
            else { return [] }
            return lists.filter { InstalledLists.isInstalled($0, by: file) && $0.pins["setuptools"] == nil }
                .flatMap { list in
                    list.pins.sorted { $0.key < $1.key }.compactMap { name, pin -> Violation? in
                        guard let since = PythonSetuptools.firstWithout(name), let mended = PackageVersion(since),
                            pin.range.staysBelow(mended), seen.insert("\(list.place) \(name)").inserted
                        else { return nil }
                        return Violation(
                            file: list.place, line: pin.line,
                            "this \(name) imports pkg_resources, which \(file.location) does not have; write: "
                                + "\(name)>=\(since), or add the line: \(PythonSetuptools.requirement)")
                    }
                }
        }
    }
}

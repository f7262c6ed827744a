// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that name Python packages.
enum PythonRequirements {
    private static let names: Set<String> = [
        "pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "uv.lock", "poetry.lock", "environment.yml",
        "requirements.in", "base.in",
    ]

    /// In lower case.
    static func texts(in tree: SourceTree) -> [String] {
        tree.entries.compactMap { entry in
            let name = entry.name
            let isList =
                name.hasSuffix(".txt")
                && (name.hasPrefix("requirements") || ByteSearch.contains("requirements/", in: entry.path))
            return isList || names.contains(name) ? tree.text(entry.path)?.lowercased() : nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Says what a Python service imports where no file says what to install: then not even its server is there.
enum UnlistedPackages {
    private static let lists: Set<String> = [
        "pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "environment.yml", "environment.yaml", "conda.yml",
    ]

    static func note(in spec: inout AppSpec, _ tree: SourceTree) {
        for service in spec.services
        where service.language == "python" && service.install == nil && service.start != nil {
            guard !hasList(near: service.directory, tree) else { continue }
            let needed = NeededPackages(of: service, in: tree)
            guard let place = needed.place else { continue }
            let said = Diagnostic(
                NeededPackages.code, .warning, file: place.file, line: place.line,
                "\(needed.remark); write them: \(needed.command)")
            // Workers share the code of their web process.
            let isSaid = spec.diagnostics.contains {
                $0.code == said.code && $0.file == said.file && $0.line == said.line
            }
            if !isSaid { spec.diagnostics.append(said) }
        }
    }

    /// Whether any file above or below looks like a list, whatever it is called.
    private static func hasList(near directory: String, _ tree: SourceTree) -> Bool {
        let above = Set(PathText.ancestors(of: directory))
        return tree.entries.contains { entry in
            guard lists.contains(entry.name) || entry.name.lowercased().contains("requirement") else { return false }
            return above.contains(entry.directory) || entry.directory.relative(to: directory) != nil
        }
    }
}

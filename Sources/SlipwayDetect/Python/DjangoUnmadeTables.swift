// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Apps of a Django site that have models and no migrations: `migrate` makes none of their tables, and writing the
/// migrations is no step of a release, because each place would write its own.
struct DjangoUnmadeTables {
    let site: DjangoProject
    let project: PythonProject
    private var tree: SourceTree { project.modules.tree }

    init(_ site: DjangoProject, _ project: PythonProject) {
        self.site = site
        self.project = project
    }

    var remarks: [Diagnostic] {
        guard !isMadeElsewhere else { return [] }
        return site.installedApps.sorted().compactMap(remark)
    }

    private func remark(on name: String) -> Diagnostic? {
        guard let folder = folder(of: name),
            !tree.files(under: folder.appending(path: "migrations")).contains(where: {
                $0.name.hasSuffix(".py") && $0.name != "__init__.py"
            })
        else { return nil }
        let path = folder.appending(path: "models.py")
        guard let text = tree.text(path) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let classes = lines.indices.filter { lines[$0].hasPrefix("class ") && lines[$0].contains("models.Model)") }
        let without = lines.count { line in
            let bare = line.filter { !$0.isWhitespace }
            return ["abstract=True", "managed=False", "proxy=True"].contains(where: bare.hasPrefix)
        }
        guard classes.count > without, let first = classes.first else { return nil }
        let label = folder.lastPathComponent
        return Diagnostic(
            "DT012", .warning, file: path, line: first + 1,
            "migrate makes no table for \(label), which has no migrations; type: python manage.py makemigrations \(label), "
                + "and commit \(folder.appending(path: "migrations"))")
    }

    /// The folder of `core`, `core.apps.CoreConfig` or `apps.core`, where it is the repository's own.
    private func folder(of name: String) -> String? {
        var parts = name.split(separator: ".").map(String.init)
        if let place = parts.firstIndex(of: "apps"), place + 2 == parts.count, place > 0 {
            parts = Array(parts[..<place])
        }
        guard !parts.isEmpty, parts.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }) else {
            return nil
        }
        let folder = site.directory.appending(path: parts.joined(separator: "/"))
        return tree.contains(folder.appending(path: "models.py")) ? folder : nil
    }

    /// Whether some step writes them where it runs, or they lie elsewhere.
    private var isMadeElsewhere: Bool {
        if !DjangoSettings(site.settings, project.modules).values("MIGRATION_MODULES").isEmpty { return true }
        return tree.otherEntries.contains { entry in
            guard let text = tree.text(entry.path), text.utf8.count < 200_000 else { return false }
            return text.contains("makemigrations") || text.contains("run-syncdb")
        }
    }
}

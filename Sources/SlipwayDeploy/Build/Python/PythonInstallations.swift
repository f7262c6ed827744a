// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// Interpreters that stand beside PATH: what pyenv and uv have installed.
package enum PythonInstallations {
    /// Absolute paths, newest version first.
    package static func all(
        home: String? = ProcessVariables.value(of: "HOME"),
        pyenvRoot: String? = ProcessVariables.value(of: "PYENV_ROOT")
    ) -> [String] {
        var folders: [String] = []
        if let root = pyenvRoot ?? home.map({ $0 + "/.pyenv" }) { folders.append(root + "/versions") }
        if let home { folders.append(home + "/.local/share/uv/python") }
        let found = folders.flatMap { folder in
            let names = (try? FileStore(root: folder).list()) ?? []
            return names.compactMap { name in
                RuntimeVersion(name).map { (version: $0, path: "\(folder)/\(name)/bin/python3") }
            }
        }
        return found.filter { ExecutableSearch.find($0.path) != nil }.sorted { $0.version > $1.version }.map(\.path)
    }
}

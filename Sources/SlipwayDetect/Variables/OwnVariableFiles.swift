// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which file Python code reads its variables from by itself, where it is not the `.env` beside it:
/// `dotenv_values("./env/.env")`, `SettingsConfigDict(env_file="config/app.env")`.
struct OwnVariableFiles {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    func note(in spec: inout AppSpec) {
        guard !repository.python.isEmpty else { return }
        for project in repository.python {
            let folders = Set(repository.folders(of: project))
            let services = Set(spec.services.filter { folders.contains($0.directory) }.map(\.name))
            for source in project.sources where SourceFilter.isApplication(source.path) {
                guard let found = Self.file(of: source) else { continue }
                for index in spec.variables.indices
                where spec.variables[index].ownFile == nil && !services.isDisjoint(with: spec.variables[index].services)
                {
                    let isRead = spec.variables[index].origins.contains { $0.hasPrefix(source.path + ":") }
                    if isRead || found.isForAll { spec.variables[index].ownFile = found.path }
                }
            }
        }
    }

    /// - Returns: The file, and whether it is for the whole process.
    private static func file(of source: PythonSource) -> (path: String, isForAll: Bool)? {
        for item in source.calls {
            let name = item.call.callee.lastName
            var path: String?
            switch name {
            case "dotenv_values", "load_dotenv": path = item.call.argument("dotenv_path", at: 0)?.string
            case "SettingsConfigDict": path = item.call.argument("env_file")?.string
            default: continue
            }
            if let path = path.flatMap(own) { return (path, name == "load_dotenv") }
        }
        // `class Config: env_file = "…"`
        for statement in source.statements where statement.scope.last == "Config" {
            guard case .assignment(let targets, _, let value?) = statement.kind,
                targets.first?.dotted == "env_file", let path = value.string.flatMap(own)
            else { continue }
            return (path, false)
        }
        return nil
    }

    private static func own(_ text: String) -> String? {
        guard !text.hasPrefix("/"), let path = PathText.normalized(text), path != ".env", path != "." else {
            return nil
        }
        return path
    }
}

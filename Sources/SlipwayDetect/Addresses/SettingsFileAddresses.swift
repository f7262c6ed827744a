// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Addresses in a file of settings that Python code reads by its name: `config.yaml` with `database_url: postgresql://…`.
struct SettingsFileAddresses {
    private(set) var found: [WrittenAddress] = []

    private static let endings = [".yaml", ".yml", ".toml", ".json"]
    /// Files of other programs, whose names code may well know.
    private static let foreign: Set<String> = ["pyproject.toml", "package.json", "docker-compose.yml", "compose.yaml"]

    init(_ project: PythonProject) {
        let tree = project.modules.tree
        var seen: Set<String> = []
        for source in project.sources where SourceFilter.isApplication(source.path) {
            for name in Self.names(in: source) {
                guard let path = Self.file(name, near: source.path, project), seen.insert(path).inserted,
                    let text = tree.text(path)
                else { continue }
                found += Self.addresses(in: text, of: path)
            }
        }
    }

    /// Beside the code or above it; or the one file of the name, where the code puts its path together.
    private static func file(_ name: String, near source: String, _ project: PythonProject) -> String? {
        let tree = project.modules.tree
        let near = PathText.ancestors(of: source.parentDirectory).map { $0.appending(path: name) }
        if let path = near.compactMap(PathText.normalized).first(where: tree.contains) { return path }
        let named = tree.files(named: name.lastPathComponent).filter {
            $0.path.relative(to: project.directory) != nil && SourceFilter.isApplication($0.path)
        }
        return named.count == 1 ? named.first?.path : nil
    }

    private static func names(in source: PythonSource) -> Set<String> {
        var names: Set<String> = []
        for statement in source.statements {
            for expression in statement.expressions {
                expression.walk { inner in
                    guard let text = inner.string, endings.contains(where: text.hasSuffix), !text.contains(" "),
                        !foreign.contains(text.lastPathComponent), !text.hasPrefix("/")
                    else { return }
                    names.insert(text)
                }
            }
        }
        return names
    }

    private static func addresses(in text: String, of path: String) -> [WrittenAddress] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let body = line.drop { $0 == " " || $0 == "\t" }
            guard !body.hasPrefix("#"), let mark = body.firstRange(of: "://"), !body.contains("${") else { return nil }
            let isEnd: (Character) -> Bool = { $0.isWhitespace || $0 == "\"" || $0 == "'" || $0 == "," }
            let start = body[..<mark.lowerBound].lastIndex(where: isEnd).map { body.index(after: $0) }
            let address =
                body[(start ?? body.startIndex)..<mark.lowerBound] + body[mark.lowerBound...].prefix { !isEnd($0) }
            guard let server = HostText(String(address)), let kind = server.kind, server.isLocal else { return nil }
            return WrittenAddress(
                kinds: FixedAddresses.family[kind] ?? [kind], host: server.host, isHost: false, file: path,
                line: index + 1, language: .settings)
        }
    }
}

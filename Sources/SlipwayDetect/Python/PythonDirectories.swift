// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders that a Python code base writes into, seen from where its process starts.
struct PythonDirectories {
    struct Found {
        var directory: String
        var file: String
        var line: Int
        var why: String
        var confidence: Double
    }

    private(set) var found: [Found] = []
    private let project: PythonProject
    private let startFolder: String
    private let paths: PythonPaths

    /// Parts of names of settings that hold a folder for data.
    private static let subjects = [
        "upload", "media", "data", "storage", "memor", "file", "attachment", "document", "output", "export", "persist",
        "chroma", "index", "vector", "backup", "download", "save", "work", "artifact", "state",
    ]
    private static let kinds = ["dir", "directory", "folder", "path", "root"]
    /// Folders that a process reads or may lose.
    private static let harmless: Set<String> = [
        "static", "templates", "tmp", "temp", "dist", "build", "public", "assets", "logs", "log", "tests",
        "node_modules", "migrations", ".",
    ]

    init(_ project: PythonProject, startFolder: String) {
        self.project = project
        self.startFolder = startFolder
        paths = PythonPaths(project, startFolder: startFolder)
        for source in project.sources { read(source) }
        var best: [String: Found] = [:]
        for item in found where item.confidence > best[item.directory]?.confidence ?? 0 { best[item.directory] = item }
        found = best.values.sorted { $0.directory < $1.directory }
    }

    private mutating func read(_ source: PythonSource) {
        for item in source.calls {
            let call = item.call
            let name = source.qualified(call.callee) ?? ""
            if name == "os.makedirs" || name == "os.mkdir" {
                offer(call.argument("name", at: 0), source, call.line, "makes the folder", 0.8)
            } else if case .attribute(let base, "mkdir") = call.callee, name != "os.mkdir" {
                offer(base, source, call.line, "makes the folder", 0.8)
            } else if name.hasSuffix("StaticFiles"), let directory = call.argument("directory", at: 0),
                let text = paths.location(directory, source),
                Self.subjects.contains(where: { text.lowercased().contains($0) })
            {
                offer(directory, source, call.line, "serves files that people upload", 0.6)
            }
        }
        for statement in source.statements {
            guard case .assignment(let targets, _, let value?) = statement.kind,
                let target = targets.first?.lastName?.lowercased(),
                statement.scope.count <= 1, Self.subjects.contains(where: target.contains),
                Self.kinds.contains(where: target.contains)
            else { continue }
            offer(value, source, statement.line, "setting for a folder", 0.65)
        }
    }

    private mutating func offer(
        _ expression: PythonExpression?, _ source: PythonSource, _ line: Int, _ why: String, _ confidence: Double
    ) {
        guard let expression, let place = paths.location(expression, source),
            let inner = place.relative(to: startFolder)
        else { return }
        guard !Self.harmless.contains(inner), let first = inner.split(separator: "/").first,
            !Self.harmless.contains(String(first)), !inner.contains("{"),
            // Code is not data.
            !project.modules.tree.files(under: place).contains(where: {
                $0.path.utf8.suffix(3).elementsEqual(".py".utf8)
            }),
            !inner.lastPathComponent.dropFirst().contains(".")
        else { return }
        found.append(Found(directory: inner, file: source.path, line: line, why: why, confidence: confidence))
    }
}

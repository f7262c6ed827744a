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
                let text = location(directory, source),
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
        guard let expression, let place = location(expression, source), let inner = place.relative(to: startFolder)
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

    /// A folder of the repository that an expression stands for; `nil` for absolute ones and those computed elsewhere.
    private func location(_ expression: PythonExpression, _ source: PythonSource, depth: Int = 0) -> String? {
        guard depth < 8 else { return nil }
        if let folder = fileFolder(expression, source) { return folder }
        if case .operation("/", let operands) = expression, let first = operands.first,
            let base = location(first, source, depth: depth + 1)
        {
            let rest = operands.dropFirst().compactMap { project.modules.text(of: $0, in: source) }
            guard rest.count == operands.count - 1 else { return nil }
            return PathText.normalized(rest.reduce(base) { $0.appending(path: $1) })
        }
        if case .call(let call) = expression, source.qualified(call.callee) == "os.path.join",
            let first = call.arguments.first?.value,
            let base = location(first, source, depth: depth + 1)
        {
            let rest = call.arguments.dropFirst().compactMap { project.modules.text(of: $0.value, in: source) }
            guard rest.count == call.arguments.count - 1 else { return nil }
            return PathText.normalized(rest.reduce(base) { $0.appending(path: $1) })
        }
        if case .name(let name) = expression, let value = source.moduleAssignments[name]?.value {
            return location(value, source, depth: depth + 1)
        }
        if let dotted = expression.dotted, let definition = project.modules.definition(of: dotted, in: source),
            definition.path != source.path,
            let owner = project.modules.source(definition.path),
            let value = owner.moduleAssignments[definition.name]?.value
        {
            return location(value, owner, depth: depth + 1)
        }
        guard let text = project.modules.text(of: expression, in: source), !text.isEmpty, !text.hasPrefix("/"),
            !text.hasPrefix("~"), !text.contains("://"), !text.contains(" ")
        else { return nil }
        return PathText.normalized(startFolder.appending(path: text))
    }

    /// The folder of `Path(__file__).parent`, `os.path.dirname(__file__)` and what they are wrapped in.
    private func fileFolder(_ expression: PythonExpression, _ source: PythonSource) -> String? {
        switch expression {
        case .attribute(let base, "parent"):
            return fileFolder(base, source).map { $0.parentDirectory }
                ?? (isFile(base) ? source.path.parentDirectory : nil)
        case .call(let call):
            let name = source.qualified(call.callee) ?? ""
            if name == "os.path.dirname", let inner = call.arguments.first?.value {
                return isFile(inner) ? source.path.parentDirectory : fileFolder(inner, source)?.parentDirectory
            }
            if ["os.path.abspath", "os.path.realpath", "pathlib.Path", "str"].contains(name),
                let inner = call.arguments.first?.value
            {
                return fileFolder(inner, source)
            }
            if case .attribute(let base, "resolve") = call.callee { return fileFolder(base, source) }
            return nil
        default: return nil
        }
    }

    private func isFile(_ expression: PythonExpression) -> Bool {
        switch expression {
        case .name("__file__"): true
        case .call(let call):
            if case .attribute(let base, let method) = call.callee, method == "resolve" || method == "absolute" {
                isFile(base)
            } else {
                call.arguments.count == 1 && isFile(call.arguments[0].value)
            }
        default: false
        }
    }
}

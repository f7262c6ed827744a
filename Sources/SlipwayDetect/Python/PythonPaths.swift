// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What expressions for files and folders stand for, seen from the repository's root.
struct PythonPaths {
    private let project: PythonProject
    private let startFolder: String
    /// Whether names inside functions are followed too, where the file gives them one value.
    private let followsLocals: Bool

    init(_ project: PythonProject, startFolder: String, followsLocals: Bool = false) {
        self.project = project
        self.startFolder = startFolder
        self.followsLocals = followsLocals
    }

    /// A place of the repository that an expression stands for; `nil` for absolute ones and those computed elsewhere.
    func location(_ expression: PythonExpression, _ source: PythonSource, depth: Int = 0) -> String? {
        guard depth < 8 else { return nil }
        if let folder = fileFolder(expression, source) { return folder }
        if case .attribute(_, "instance_path") = expression { return instanceFolder }
        if case .operation("/", let operands) = expression {
            return joined(operands, source, depth)
        }
        if case .call(let call) = expression {
            if source.qualified(call.callee) == "os.path.join" {
                if let found = joined(call.arguments.map(\.value), source, depth) { return found }
            } else if let inner = wrapped(call, source) {
                if let found = location(inner, source, depth: depth + 1) { return found }
            }
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
        if followsLocals, let value = local(expression, source) { return location(value, source, depth: depth + 1) }
        guard let text = project.modules.text(of: expression, in: source) else { return nil }
        return location(text)
    }

    /// A path as text, which is seen from where the process starts.
    func location(_ text: String) -> String? {
        guard !text.isEmpty, !text.hasPrefix("/"), !text.hasPrefix("~"), !text.contains("://"), !text.contains(" ")
        else { return nil }
        return PathText.normalized(startFolder.appending(path: text))
    }

    /// Flask's own folder for what an application keeps, beside its package or module
    /// (flask.palletsprojects.com/en/stable/config/#instance-folders).
    var instanceFolder: String { startFolder.appending(path: "instance") }

    private func joined(_ operands: [PythonExpression], _ source: PythonSource, _ depth: Int) -> String? {
        guard let first = operands.first, let base = location(first, source, depth: depth + 1) else { return nil }
        let rest = operands.dropFirst().compactMap { project.modules.text(of: $0, in: source) }
        guard rest.count == operands.count - 1 else { return nil }
        return PathText.normalized(rest.reduce(base) { $0.appending(path: $1) })
    }

    /// `x` of `Path(x)`, `str(x)` and `x.resolve()`.
    private func wrapped(_ call: PythonCall, _ source: PythonSource) -> PythonExpression? {
        let name = source.qualified(call.callee) ?? ""
        if ["str", "pathlib.Path", "os.fspath", "os.path.abspath", "os.path.realpath"].contains(name) {
            return call.arguments.count == 1 ? call.arguments[0].value : nil
        }
        guard call.arguments.isEmpty, case .attribute(let base, let method) = call.callee,
            ["resolve", "absolute", "as_posix", "expanduser"].contains(method)
        else { return nil }
        return base
    }

    /// The one value that the file gives a name inside a function, or a parameter.
    private func local(_ expression: PythonExpression, _ source: PythonSource) -> PythonExpression? {
        guard expression.dotted != nil else { return nil }
        let values = source.statements.compactMap { statement -> PythonExpression? in
            guard case .assignment(let targets, _, let value?) = statement.kind, targets.contains(expression) else {
                return nil
            }
            return value
        }
        if values.count == 1 { return values[0] == expression ? nil : values[0] }
        guard values.isEmpty, case .name(let name) = expression else { return nil }
        let defaults = source.statements.flatMap { statement -> [PythonExpression] in
            guard case .function(let function) = statement.kind else { return [] }
            return function.parameters.filter { $0.name == name }.compactMap(\.value)
        }
        return defaults.count == 1 ? defaults[0] : nil
    }

    /// The folder of `Path(__file__).parent`, `os.path.dirname(__file__)` and what they are wrapped in.
    private func fileFolder(_ expression: PythonExpression, _ source: PythonSource, depth: Int = 0) -> String? {
        guard depth < 8 else { return nil }
        switch expression {
        case .name:
            return Self.value(expression, source).flatMap { fileFolder($0, source, depth: depth + 1) }
        case .attribute(let base, "parent"):
            return fileFolder(base, source, depth: depth + 1).map { $0.parentDirectory }
                ?? (isFile(base, source) ? source.path.parentDirectory : nil)
        case .subscripted(let item):
            guard case .attribute(let base, "parents") = item.base, isFile(base, source),
                let count = item.index.integer,
                (0..<16).contains(count)
            else { return nil }
            return (0..<count).reduce(source.path.parentDirectory) { folder, _ in folder.parentDirectory }
        case .call(let call):
            let name = source.qualified(call.callee) ?? ""
            if name == "os.path.dirname", let inner = call.arguments.first?.value {
                return isFile(inner, source)
                    ? source.path.parentDirectory : fileFolder(inner, source, depth: depth + 1)?.parentDirectory
            }
            return unwrapped(call, source).flatMap { fileFolder($0, source, depth: depth + 1) }
        default: return nil
        }
    }

    /// Whether an expression is the path of the file that it stands in.
    private func isFile(_ expression: PythonExpression, _ source: PythonSource, depth: Int = 0) -> Bool {
        guard depth < 8 else { return false }
        switch expression {
        case .name("__file__"): return true
        case .name: return Self.value(expression, source).map { isFile($0, source, depth: depth + 1) } ?? false
        case .call(let call): return unwrapped(call, source).map { isFile($0, source, depth: depth + 1) } ?? false
        default: return false
        }
    }

    /// What stays the same place: `x` of `abspath(x)`, `Path(x)` and `x.resolve()`.
    private func unwrapped(_ call: PythonCall, _ source: PythonSource) -> PythonExpression? {
        let same: Set<String> = [
            "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser", "pathlib.Path", "str",
        ]
        if same.contains(source.qualified(call.callee) ?? "") { return call.arguments.first?.value }
        guard case .attribute(let base, let method) = call.callee, ["resolve", "absolute"].contains(method) else {
            return nil
        }
        return base
    }

    /// What a name of the file stands for.
    private static func value(_ expression: PythonExpression, _ source: PythonSource) -> PythonExpression? {
        guard case .name(let name) = expression else { return nil }
        return source.moduleAssignments[name]?.value
    }
}

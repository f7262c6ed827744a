// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// The Python files of a tree as modules: what an import means, without running it.
struct PythonModules: Sendable {
    /// Re-exports of re-exports deeper than this are not followed.
    private static let longestChain = 8

    let tree: SourceTree
    private let parsed: [String: PythonSource]
    /// Files outside the ones that were given, each parsed when it is first asked for.
    private let others = Others()

    private final class Others: Sendable {
        let byPath = Mutex<[String: PythonSource?]>([:])
    }

    init(_ tree: SourceTree, parsed: [PythonSource]) {
        self.tree = tree
        self.parsed = Dictionary(parsed.map { ($0.path, $0) }) { first, _ in first }
    }

    func source(_ path: String) -> PythonSource? {
        if let source = parsed[path] { return source }
        if let known = others.byPath.withLock({ $0[path] }) { return known }
        let source = tree.text(path).map { PythonSource(path: path, text: $0) }
        others.byPath.withLock { $0[path] = source }
        return source
    }

    /// The file with the settings class that has this field, when there is one such file.
    func settingsField(_ name: String) -> PythonSource? {
        let owners = parsed.values.filter { source in
            source.statements.contains { statement in
                guard statement.scope.count == 1, case .assignment(let targets, let annotation, _) = statement.kind
                else {
                    return false
                }
                return annotation != nil && targets.first?.dotted == name
            }
        }
        return owners.count == 1 ? owners.first : nil
    }

    /// A thing in a module.
    struct Definition: Hashable {
        var path: String
        /// Empty for the module itself.
        var name: String
    }

    /// What a name used in a file stands for, through imports and re-exports: `users.router` → `app/users.py`, `router`.
    func definition(of dotted: String, in source: PythonSource) -> Definition? {
        definition(of: dotted, in: source, depth: 0)
    }

    private func definition(of dotted: String, in source: PythonSource, depth: Int) -> Definition? {
        guard depth < Self.longestChain else { return nil }
        let parts = dotted.split(separator: ".").map(String.init)
        guard let first = parts.first else { return nil }
        guard let origin = source.imports[first] else { return Definition(path: source.path, name: dotted) }
        let whole = ([origin] + parts.dropFirst()).joined(separator: ".")
        let separator = origin.hasSuffix(".") ? origin + parts.dropFirst().joined(separator: ".") : whole
        guard let (path, rest) = module(of: separator, from: source.path) else { return nil }
        guard !rest.isEmpty else { return Definition(path: path, name: "") }
        let name = rest.joined(separator: ".")
        guard path != source.path, let inner = self.source(path), inner.imports[rest[0]] != nil else {
            return Definition(path: path, name: name)
        }
        return definition(of: name, in: inner, depth: depth + 1) ?? Definition(path: path, name: name)
    }

    /// The file of the longest part of a dotted name that is a module, and what is left of the name.
    func module(of dotted: String, from file: String) -> (path: String, rest: [String])? {
        let dots = dotted.prefix { $0 == "." }.count
        let parts = dotted.dropFirst(dots).split(separator: ".").map(String.init)
        var folders = PathText.ancestors(of: file.parentDirectory)
        if dots > 0 { folders = folders.count >= dots ? [folders[dots - 1]] : [] }
        for folder in folders {
            for length in stride(from: parts.count, through: 0, by: -1) {
                let path = parts[..<length].reduce(folder) { $0.appending(path: $1) }
                // A package is found before a module of the same name beside it (importlib, the path based finder).
                let package = path.appending(path: "__init__.py")
                if length > 0 || dots > 0, tree.contains(package) { return (package, Array(parts[length...])) }
                if length > 0, tree.contains(path + ".py") { return (path + ".py", Array(parts[length...])) }
            }
            // A folder without `__init__.py` is a package too (PEP 420).
        }
        return nil
    }

    /// `app.worker` for `app/worker.py` seen from a folder, `app` for its `__init__.py`; `nil` when it lies elsewhere.
    static func name(of path: String, from folder: String) -> String? {
        guard let relative = path.relative(to: folder) else { return nil }
        let name = String(relative.dropLast(3)).replacing("/", with: ".")
        return name.hasSuffix(".__init__") ? String(name.dropLast(9)) : name
    }

    /// Whether a top-level name can be imported when the program starts in this folder.
    func resolves(_ name: String, from folder: String) -> Bool {
        let path = folder.appending(path: name)
        return tree.contains(path + ".py")
            || tree.files(under: path).contains { $0.path.utf8.suffix(3).elementsEqual(".py".utf8) }
    }

    /// The text of an expression as far as it is written down: literals, constants, settings with a default.
    func text(of expression: PythonExpression, in source: PythonSource, depth: Int = 0) -> String? {
        guard depth < Self.longestChain else { return nil }
        switch expression {
        case .string(let text): return text
        case .formatted(let text, let fields):
            var result = text
            for field in fields {
                guard let value = self.text(of: field, in: source, depth: depth + 1),
                    let place = result.firstRange(of: "{}")
                else { return nil }
                result.replaceSubrange(place, with: value)
            }
            return result
        case .operation("+", let operands), .operation("/", let operands):
            let isPath = if case .operation("/", _) = expression { true } else { false }
            let parts = operands.compactMap { self.text(of: $0, in: source, depth: depth + 1) }
            guard parts.count == operands.count else { return nil }
            return parts.joined(separator: isPath ? "/" : "")
        case .operation("or", let operands):
            return operands.reversed().lazy.compactMap { self.text(of: $0, in: source, depth: depth + 1) }.first
        case .call(let call): return callText(call, in: source, depth: depth)
        case .name, .attribute:
            guard let dotted = expression.dotted else { return nil }
            return constant(dotted, in: source, depth: depth)
        default: return nil
        }
    }

    private func callText(_ call: PythonCall, in source: PythonSource, depth: Int) -> String? {
        guard let name = source.qualified(call.callee) else { return nil }
        switch name {
        case "os.getenv", "os.environ.get", "decouple.config", "environ.get", "getenv":
            return call.argument("default", at: 1).flatMap { text(of: $0, in: source, depth: depth + 1) }
        case "pydantic.Field", "pydantic.fields.Field", "pydantic_settings.Field":
            return call.argument("default", at: 0).flatMap { text(of: $0, in: source, depth: depth + 1) }
        case "str", "pathlib.Path", "pathlib.PurePath", "os.fspath":
            return call.arguments.count == 1 ? text(of: call.arguments[0].value, in: source, depth: depth + 1) : nil
        case "os.path.join":
            let parts = call.arguments.compactMap { text(of: $0.value, in: source, depth: depth + 1) }
            return parts.count == call.arguments.count ? parts.joined(separator: "/") : nil
        default: return nil
        }
    }

    /// A module's constant, or a field of a settings object wherever its class is.
    private func constant(_ dotted: String, in source: PythonSource, depth: Int) -> String? {
        let parts = dotted.split(separator: ".").map(String.init)
        if parts.count == 1, let found = source.moduleAssignments[dotted] {
            return text(of: found.value, in: source, depth: depth + 1)
        }
        guard let definition = definition(of: dotted, in: source), let owner = self.source(definition.path) else {
            return nil
        }
        let inner = definition.name.split(separator: ".").map(String.init)
        if inner.count == 1, owner.path != source.path || parts.count > 1, let found = owner.moduleAssignments[inner[0]]
        {
            return text(of: found.value, in: owner, depth: depth + 1)
        }
        guard inner.count == 2 else { return nil }
        return field(inner[1], in: owner, depth: depth)
    }

    /// `settings.API_PREFIX` → the default of that field in a class of the file, or of the file's own imports.
    private func field(_ name: String, in owner: PythonSource, depth: Int) -> String? {
        for candidate in [owner]
            + owner.imports.values.sorted().compactMap({ module(of: $0, from: owner.path) })
            .compactMap({ self.source($0.path) })
        {
            for statement in candidate.statements where statement.scope.count == 1 {
                guard case .assignment(let targets, _, let value?) = statement.kind,
                    targets.contains(where: { $0.dotted == name })
                else { continue }
                return text(of: value, in: candidate, depth: depth + 1)
            }
        }
        return nil
    }
}

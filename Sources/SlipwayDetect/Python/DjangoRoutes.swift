// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Django's URL patterns, followed through `include` from `ROOT_URLCONF`.
struct DjangoRoutes {
    private(set) var routes: [PythonRoute] = []
    private let project: PythonProject

    init(_ project: PythonProject) {
        self.project = project
        let stated = project.sources.lazy.compactMap { source in
            source.moduleAssignments["ROOT_URLCONF"].flatMap { value in value.value.string.map { ($0, source.path) } }
        }.first
        let root =
            stated.flatMap { project.modules.module(of: $0.0, from: $0.1)?.path }
            ?? project.sources.first { $0.path.hasSuffix("urls.py") }?.path
        var seen: Set<String> = []
        if let root { read(root, prefix: "", &seen) }
        routes.sort { ($0.path, $0.file, $0.line) < ($1.path, $1.file, $1.line) }
    }

    private mutating func read(_ path: String, prefix: String, _ seen: inout Set<String>) {
        guard seen.insert(path + " " + prefix).inserted, seen.count < 200, let source = project.modules.source(path)
        else { return }
        for statement in source.statements where statement.scope.isEmpty {
            guard case .assignment(let targets, _, let value?) = statement.kind,
                targets.contains(where: { $0.dotted == "urlpatterns" })
            else { continue }
            patterns(value, source, prefix, &seen)
        }
    }

    private mutating func patterns(
        _ expression: PythonExpression, _ source: PythonSource, _ prefix: String, _ seen: inout Set<String>
    ) {
        switch expression {
        case .sequence(let items), .operation(_, let items): for item in items { patterns(item, source, prefix, &seen) }
        case .call(let call):
            let name = call.callee.lastName ?? ""
            guard ["path", "re_path", "url"].contains(name), let text = call.argument("route", at: 0)?.string else {
                for argument in call.arguments { patterns(argument.value, source, prefix, &seen) }
                return
            }
            let inner = prefix + Self.plain(text)
            if let target = call.argument("view", at: 1)?.call, target.callee.lastName == "include" {
                include(target, source, inner, &seen)
            } else {
                routes.append(
                    PythonRoute(path: "/" + inner, function: "", method: "route", file: source.path, line: call.line))
            }
        default: break
        }
    }

    private mutating func include(
        _ call: PythonCall, _ source: PythonSource, _ prefix: String, _ seen: inout Set<String>
    ) {
        guard let argument = call.arguments.first?.value else { return }
        let target = argument.elements?.first ?? argument
        if let module = target.string {
            if let path = project.modules.module(of: module, from: source.path)?.path {
                read(path, prefix: prefix, &seen)
            } else {
                routes.append(
                    PythonRoute(path: "/" + prefix, function: "", method: "route", file: source.path, line: call.line))
            }
        } else if case .attribute(let router, "urls") = target {
            for item in source.calls where item.call.callee.lastName == "register" {
                guard case .attribute(router, _) = item.call.callee,
                    let name = item.call.argument("prefix", at: 0)?.string
                else { continue }
                routes.append(
                    PythonRoute(
                        path: "/\(prefix)\(Self.plain(name))/", function: "", method: "route", file: source.path,
                        line: item.call.line))
            }
            routes.append(
                PythonRoute(path: "/" + prefix, function: "", method: "route", file: source.path, line: call.line))
        } else if let dotted = target.dotted, let found = project.modules.definition(of: dotted, in: source),
            found.name.isEmpty
        {
            read(found.path, prefix: prefix, &seen)
        } else {
            patterns(target, source, prefix, &seen)
        }
    }

    /// A pattern without the marks of a regular expression; parameters of a pattern end what is known.
    private static func plain(_ pattern: String) -> String {
        var text = pattern.hasPrefix("^") ? String(pattern.dropFirst()) : pattern
        if text.hasSuffix("$") { text.removeLast() }
        return String(text.prefix { $0 != "(" && $0 != "[" && $0 != "\\" })
    }
}

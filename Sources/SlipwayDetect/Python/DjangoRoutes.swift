// SPDX-License-Identifier: Apache-2.0

/// The paths of a Django site, read from `urlpatterns` with the prefixes of `include`.
struct DjangoRoutes {
    private static let deepest = 8
    private static let makers: Set<String> = ["path", "re_path", "url"]

    private let modules: PythonModules

    init(_ project: PythonProject) { modules = project.modules }

    /// Everything below a URL configuration, in file order.
    func routes(of module: String, from file: String) -> [PythonRoute] {
        guard let found = modules.module(of: module, from: file), found.rest.isEmpty else { return [] }
        var routes: [PythonRoute] = []
        read(found.path, "/", &routes, depth: 0)
        return routes
    }

    private func read(_ path: String, _ prefix: String, _ routes: inout [PythonRoute], depth: Int) {
        guard depth < Self.deepest, let source = modules.source(path) else { return }
        // Where a block for the debug mode stands: what it adds is nothing that visitors reach.
        var debugging: Int?
        for statement in source.statements where statement.scope.isEmpty {
            if let level = debugging, statement.indentation <= level { debugging = nil }
            if case .keyword("if", let conditions) = statement.kind, debugging == nil,
                conditions.contains(where: { $0.lastName == "DEBUG" })
            {
                debugging = statement.indentation
            }
            guard debugging == nil else { continue }
            let isPatterns: Bool
            switch statement.kind {
            case .assignment(let targets, _, _): isPatterns = targets.contains { $0.dotted == "urlpatterns" }
            case .expression(let expression):
                isPatterns = expression.call?.callee.dotted?.hasPrefix("urlpatterns.") ?? false
            default: isPatterns = false
            }
            guard isPatterns else { continue }
            for expression in statement.expressions { read(expression, source, prefix, &routes, depth: depth) }
        }
    }

    private func read(
        _ expression: PythonExpression, _ source: PythonSource, _ prefix: String, _ routes: inout [PythonRoute],
        depth: Int
    ) {
        guard let call = expression.call, let name = call.callee.lastName, Self.makers.contains(name) else {
            for child in expression.children { read(child, source, prefix, &routes, depth: depth) }
            return
        }
        let target = call.argument("view", at: 1)
        let included = target?.call.flatMap { $0.callee.lastName == "include" ? $0 : nil }
        // A prefix that only the settings know is empty in most installations.
        let text = call.argument("route", at: 0).flatMap { modules.text(of: $0, in: source) }
        guard let written = text ?? (included == nil ? nil : "") else { return }
        let own = prefix + (name == "path" ? written : Self.plain(written))
        guard let first = included?.argument("arg", at: 0) else {
            add(own, target, source, call.line, &routes)
            return
        }
        include(first, own, source, call.line, &routes, depth: depth)
    }

    private func include(
        _ argument: PythonExpression, _ prefix: String, _ source: PythonSource, _ line: Int,
        _ routes: inout [PythonRoute], depth: Int
    ) {
        // `include(("app.urls", "app"), namespace="x")`
        let inner = argument.elements?.first.map { $0.string == nil && $0.dotted == nil ? argument : $0 } ?? argument
        let module = inner.string ?? (inner.dotted == "urlpatterns" ? nil : source.qualified(inner))
        if let module, let found = modules.module(of: module, from: source.path), found.rest.isEmpty {
            read(found.path, prefix, &routes, depth: depth + 1)
            return
        }
        // include(api_urls), a list of the same file.
        if case .name(let name) = inner, depth < Self.deepest, let list = source.moduleAssignments[name]?.value,
            list.elements != nil
        {
            read(list, source, prefix, &routes, depth: depth + 1)
            return
        }
        // Somebody else's paths: the prefix is known.
        if inner.elements != nil {
            read(inner, source, prefix, &routes, depth: depth + 1)
        } else {
            add(prefix, nil, source, line, &routes)
        }
    }

    private func add(
        _ path: String, _ view: PythonExpression?, _ source: PythonSource, _ line: Int, _ routes: inout [PythonRoute]
    ) {
        let text = path.replacing("//", with: "/")
        routes.append(
            PythonRoute(
                path: text, function: view?.lastName ?? view?.call?.callee.dotted ?? "", method: "route",
                file: source.path, line: line))
    }

    /// A regular expression's literal part: `^api/v1/(?P<id>…)$` → `api/v1/`.
    private static func plain(_ pattern: String) -> String {
        let body = pattern.drop { $0 == "^" }
        let literal = body.prefix { !"$(?[\\*+|.".contains($0) }
        // `health/?$`: the question mark makes the last character optional.
        let next = body.dropFirst(literal.count).first
        return String(next == "?" || next == "*" ? literal.dropLast() : literal)
    }
}

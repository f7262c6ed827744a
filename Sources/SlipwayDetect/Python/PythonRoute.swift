// SPDX-License-Identifier: Apache-2.0

/// A path that an application answers, with the prefixes of the routers around it.
struct PythonRoute: Hashable {
    var path: String
    var function: String
    /// `get`, `post`, `websocket`; `route` when the decorator does not say.
    var method: String
    var file: String
    var line: Int
}

/// The tree of routers of an application, read from `include_router`, `register_blueprint` and `mount`.
struct PythonRouters {
    private typealias Node = PythonModules.Definition

    private struct Inclusion {
        /// `nil` when the router comes from a loop or a list.
        var child: Node?
        var prefix: String
    }

    private static let makers: [String: String] = [
        "fastapi.APIRouter": "prefix", "fastapi.routing.APIRouter": "prefix", "flask.Blueprint": "url_prefix",
        "quart.Blueprint": "url_prefix", "starlette.routing.Router": "prefix", "flask_restx.Namespace": "path",
        "apiflask.APIBlueprint": "url_prefix", "flask_smorest.Blueprint": "url_prefix",
    ]
    private static let methods: Set<String> = [
        "get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket",
        "websocket_route",
    ]

    private var prefixes: [Node: String] = [:]
    private var routes: [Node: [PythonRoute]] = [:]
    private var inclusions: [Node: [Inclusion]] = [:]
    /// By the name of a handler or a controller.
    private var handlerPrefixes: [String: String] = [:]
    private let modules: PythonModules
    private let application: Node

    init(of application: PythonApplication, in sources: [PythonSource], modules: PythonModules) {
        self.modules = modules
        self.application = application.definition
        for source in sources { readMakers(source) }
        for source in sources { readHandlers(source) }
        for source in sources { readUses(source) }
    }

    /// All routes under the application, in no particular order.
    func all() -> [PythonRoute] {
        var found: [PythonRoute] = []
        var reached: Set<Node> = []
        var looseEnds: [String] = []
        visit(application, "", &reached, &found, &looseEnds, depth: 0)
        // A loop over a list of routers: those that nobody else includes are meant.
        for node in prefixes.keys.sorted(by: { ($0.path, $0.name) < ($1.path, $1.name) }) where !reached.contains(node)
        {
            for prefix in looseEnds { visit(node, prefix, &reached, &found, &looseEnds, depth: 1) }
        }
        return found
    }

    private func visit(
        _ node: Node, _ prefix: String, _ reached: inout Set<Node>, _ found: inout [PythonRoute],
        _ looseEnds: inout [String], depth: Int
    ) {
        guard depth < 12 else { return }
        reached.insert(node)
        let base = prefix + (prefixes[node] ?? "")
        for route in routes[node] ?? [] {
            var route = route
            route.path = Self.join(base, route.path)
            found.append(route)
        }
        for inclusion in inclusions[node] ?? [] {
            let inner = base + inclusion.prefix
            if let child = inclusion.child, child != node {
                visit(child, inner, &reached, &found, &looseEnds, depth: depth + 1)
            } else if inclusion.child == nil {
                looseEnds.append(inner)
            }
        }
    }

    private static func join(_ prefix: String, _ path: String) -> String {
        let whole = prefix + path
        let text = whole.hasPrefix("/") ? whole : "/" + whole
        return text.replacing("//", with: "/")
    }

    private mutating func readMakers(_ source: PythonSource) {
        for statement in source.statements {
            guard case .assignment(let targets, _, .call(let call)?) = statement.kind,
                let name = targets.first?.dotted, let maker = source.qualified(call.callee),
                let argument = Self.makers[maker]
            else { continue }
            let prefix = call.argument(argument).flatMap { modules.text(of: $0, in: source) }
            prefixes[Node(path: source.path, name: name)] = prefix ?? ""
        }
    }

    /// The node that a variable stands for; a parameter or anything unknown is the application.
    private func node(_ expression: PythonExpression, in source: PythonSource) -> Node? {
        guard let dotted = expression.dotted, let found = modules.definition(of: dotted, in: source) else { return nil }
        return prefixes[found] != nil || found == application ? found : nil
    }

    private mutating func readUses(_ source: PythonSource) {
        for statement in source.statements {
            if case .function(let function) = statement.kind {
                for decorator in function.decorators { readDecorator(decorator, function, statement, source) }
            }
        }
        for item in source.calls { readCall(item.call, source) }
    }

    private mutating func readDecorator(
        _ decorator: PythonExpression, _ function: PythonFunction, _ statement: PythonStatement, _ source: PythonSource
    ) {
        guard case .call(let call) = decorator else { return }
        if case .name(let name) = call.callee { readFree(call, name, function, statement, source) }
        guard case .attribute(let owner, let method) = call.callee,
            Self.methods.contains(method),
            let path = (call.argument("path", at: 0) ?? call.argument("rule")).flatMap({
                modules.text(of: $0, in: source)
            })
        else { return }
        add(
            PythonRoute(path: path, function: function.name, method: method, file: source.path, line: call.line), owner,
            source)
    }

    /// `@get("/health")` of Litestar and Bottle, `@rt("/health")` of FastHTML: no object before the method.
    private mutating func readFree(
        _ call: PythonCall, _ name: String, _ function: PythonFunction, _ statement: PythonStatement,
        _ source: PythonSource
    ) {
        let origin = source.imports[name] ?? ""
        let isLitestar = origin.hasPrefix("litestar.")
        guard isLitestar || origin.hasPrefix("bottle.") || name == "rt",
            Self.methods.contains(name) || name == "rt"
        else { return }
        let given = call.argument("path", at: 0)
        let paths = (given?.elements ?? [given].compactMap(\.self)).compactMap { modules.text(of: $0, in: source) }
        guard isLitestar || !paths.isEmpty else { return }
        // A Litestar controller's own path stands in its class.
        var prefix = ""
        var owner = function.name
        if isLitestar, let group = statement.scope.last {
            owner = group
            for field in source.body(of: statement.scope) {
                guard case .assignment(let targets, _, let value?) = field.kind, targets.first?.dotted == "path" else {
                    continue
                }
                prefix = modules.text(of: value, in: source) ?? ""
            }
        }
        let outer = handlerPrefixes[owner] ?? ""
        for path in paths.isEmpty ? [""] : paths {
            let whole = [outer, prefix, path].map { $0.trimmingSlashes }.filter { !$0.isEmpty }
            routes[application, default: []].append(
                PythonRoute(
                    path: "/" + whole.joined(separator: "/"), function: function.name, method: name, file: source.path,
                    line: call.line))
        }
    }

    /// `Router(path="/api", route_handlers=[…])` of Litestar.
    private mutating func readHandlers(_ source: PythonSource) {
        for item in source.calls where source.qualified(item.call.callee)?.hasPrefix("litestar.") == true {
            guard item.call.callee.lastName == "Router",
                let path = item.call.argument("path", at: 0).flatMap({ modules.text(of: $0, in: source) }),
                let handlers = item.call.argument("route_handlers")
            else { continue }
            handlers.walk { if let name = $0.lastName { handlerPrefixes[name] = path } }
        }
    }

    private mutating func add(_ route: PythonRoute, _ owner: PythonExpression, _ source: PythonSource) {
        let target = node(owner, in: source) ?? application
        routes[target, default: []].append(route)
    }

    private mutating func readCall(_ call: PythonCall, _ source: PythonSource) {
        guard case .attribute(let owner, let method) = call.callee else { return readRouteObject(call, source) }
        let parent = node(owner, in: source) ?? application
        func text(_ name: String?, _ position: Int?) -> String? {
            call.argument(name, at: position).flatMap { modules.text(of: $0, in: source) }
        }
        switch method {
        case "include_router", "register_blueprint", "add_namespace":
            let prefix =
                text("prefix", nil) ?? text("url_prefix", nil) ?? (method == "add_namespace" ? text("path", 1) : nil)
            let child = call.argument("router", at: 0) ?? call.argument("blueprint")
            inclusions[parent, default: []].append(
                Inclusion(child: child.flatMap { node($0, in: source) }, prefix: prefix ?? ""))
        case "mount":
            guard let path = text("path", 0), let child = call.argument("app", at: 1).flatMap({ node($0, in: source) })
            else { break }
            inclusions[parent, default: []].append(Inclusion(child: child, prefix: path))
        case "add_api_route", "add_url_rule", "add_route", "add_websocket_route", "add_api_websocket_route":
            guard let path = text("path", 0) ?? text("rule", nil) else { break }
            add(
                PythonRoute(path: path, function: "", method: "route", file: source.path, line: call.line), owner,
                source)
        case "add_resource":
            for argument in call.arguments.dropFirst() where argument.name == nil {
                guard let path = argument.value.string else { continue }
                add(
                    PythonRoute(path: path, function: "", method: "route", file: source.path, line: call.line), owner,
                    source)
            }
        default: readRouteObject(call, source)
        }
    }

    /// `Route("/path", endpoint)` of Starlette.
    private mutating func readRouteObject(_ call: PythonCall, _ source: PythonSource) {
        guard let name = source.qualified(call.callee),
            name == "starlette.routing.Route" || name == "starlette.routing.WebSocketRoute",
            let path = call.argument("path", at: 0).flatMap({ modules.text(of: $0, in: source) })
        else { return }
        let function = call.argument("endpoint", at: 1)?.dotted ?? ""
        routes[application, default: []].append(
            PythonRoute(path: path, function: function, method: "get", file: source.path, line: call.line))
    }
}

extension String {
    fileprivate var trimmingSlashes: String {
        String(drop { $0 == "/" }.reversed().drop { $0 == "/" }.reversed())
    }
}

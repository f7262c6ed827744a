// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An ASGI or WSGI object that the source makes, or a function that makes one.
struct PythonApplication: Equatable {
    var framework: PythonFramework
    var path: String
    var line: Int
    /// The variable, or the function.
    var name: String
    var isFactory: Bool
    /// Where the constructor's call stands; routes hang on that variable.
    var definition: PythonModules.Definition
    /// The variable is a wrapper around the application (Socket.IO).
    var isWrapper = false
    /// Its place in the tuple that the factory returns.
    var tuplePosition: Int?
    /// Constructor's arguments, for documentation paths.
    var call: PythonCall?

    /// Every application of some files; those made in functions only where no variable of a module holds them.
    static func all(in sources: [PythonSource], modules: PythonModules) -> [PythonApplication] {
        var objects: [PythonApplication] = []
        var factories: [PythonApplication] = []
        for source in sources {
            for statement in source.statements {
                guard let (target, call) = assigned(statement), let framework = framework(of: call, in: source)
                else { continue }
                let place = PythonModules.Definition(path: source.path, name: target ?? "")
                var found = PythonApplication(
                    framework: framework, path: source.path, line: statement.line, name: target ?? "",
                    isFactory: false, definition: place, call: call)
                if statement.scope.isEmpty, target != nil {
                    objects.append(found)
                } else if let function = statement.scope.first, statement.scope.count == 1,
                    returns(target, from: function, in: source), !function.hasPrefix("test")
                {
                    found.name = function
                    found.isFactory = true
                    found.tuplePosition = tuplePosition(of: target, from: function, in: source)
                    factories.append(found)
                }
            }
        }
        objects += made(by: factories, in: sources, modules: modules)
        objects += wrappers(of: objects, in: sources, modules: modules)
        let used = Set(objects.map(\.definition))
        return objects + factories.filter { !used.contains($0.definition) && $0.tuplePosition == nil }
    }

    /// `name = call(…)` and `return call(…)`.
    private static func assigned(_ statement: PythonStatement) -> (name: String?, call: PythonCall)? {
        switch statement.kind {
        case .assignment(let targets, _, .call(let call)?): targets.first?.dotted.map { ($0, call) }
        case .keyword("return", let values): values.first?.call.map { (nil, $0) }
        default: nil
        }
    }

    private static func framework(of call: PythonCall, in source: PythonSource) -> PythonFramework? {
        guard let name = source.qualified(call.callee) else { return nil }
        if let found = PythonFramework.constructors[name] { return found }
        // `class Api(FastAPI)` in the same file.
        for case .classDefinition(name, let arguments, _) in source.statements.map(\.kind) {
            let bases = arguments.compactMap { source.qualified($0.value) }
            if let found = bases.lazy.compactMap({ PythonFramework.constructors[$0] }).first { return found }
        }
        return nil
    }

    private static func returns(_ target: String?, from function: String, in source: PythonSource) -> Bool {
        guard let target else { return true }
        return source.statements.contains { statement in
            guard statement.scope == [function], case .keyword("return", let values) = statement.kind,
                let value = values.first
            else { return false }
            if value.dotted == target || value.elements?.contains(where: { $0.dotted == target }) == true {
                return true
            }
            // `return socketio.ASGIApp(sio, app)`
            return value.call?.arguments.contains { $0.value.dotted == target } ?? false
        }
    }

    /// `return app, celery`
    private static func tuplePosition(of target: String?, from function: String, in source: PythonSource) -> Int? {
        for statement in source.statements where statement.scope == [function] {
            guard case .keyword("return", let values) = statement.kind else { continue }
            let elements = values.count > 1 ? values : values.first?.elements ?? []
            if elements.count > 1, let place = elements.firstIndex(where: { $0.dotted == target }) { return place }
        }
        return nil
    }

    /// `app = create_app()` in any module.
    private static func made(
        by factories: [PythonApplication], in sources: [PythonSource], modules: PythonModules
    ) -> [PythonApplication] {
        guard !factories.isEmpty else { return [] }
        var found: [PythonApplication] = []
        for source in sources {
            for statement in source.statements where statement.scope.isEmpty {
                guard case .assignment(let targets, _, .call(let call)?) = statement.kind,
                    let callee = call.callee.dotted,
                    let definition = modules.definition(of: callee, in: source),
                    let factory = factories.first(where: { $0.path == definition.path && $0.name == definition.name })
                else { continue }
                let place = factory.tuplePosition
                let names =
                    place == nil
                    ? targets.first?.dotted
                    : targets.first?.elements.flatMap { elements in
                        place.flatMap { $0 < elements.count ? elements[$0].dotted : nil }
                    }
                guard let target = names else { continue }
                var object = factory
                object.path = source.path
                object.line = statement.line
                object.name = target
                object.isFactory = false
                object.tuplePosition = nil
                found.append(object)
            }
        }
        return found
    }

    /// `asgi = socketio.ASGIApp(sio, other_asgi_app=app)`
    private static func wrappers(
        of objects: [PythonApplication], in sources: [PythonSource], modules: PythonModules
    ) -> [PythonApplication] {
        sources.flatMap { source in
            source.statements.compactMap { statement -> PythonApplication? in
                guard statement.scope.isEmpty, case (let target?, let call)? = assigned(statement),
                    let name = source.qualified(call.callee), PythonFramework.wrappers.contains(name)
                else { return nil }
                let arguments = call.arguments.compactMap { $0.value.dotted }
                let inner = arguments.lazy.compactMap { argument -> PythonApplication? in
                    guard let definition = modules.definition(of: argument, in: source) else { return nil }
                    return objects.first { $0.path == definition.path && $0.name == definition.name }
                }.first
                guard var object = inner else { return nil }
                object.path = source.path
                object.line = statement.line
                object.name = target
                object.isWrapper = true
                return object
            }
        }
    }
}

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
    /// The factory cannot be called by a server.
    var needsArguments = false
    /// Constructor's arguments, for documentation paths.
    var call: PythonCall?

    /// Every application of some files; those made in functions only where no variable of a module holds them.
    static func all(in sources: [PythonSource], modules: PythonModules) -> [PythonApplication] {
        let made = PythonConstruction.all(in: sources, modules: modules, constructor: { constructor(of: $0, in: $1) })
        let objects = made.compactMap { item -> PythonApplication? in
            guard let framework = PythonFramework.constructors[item.constructor] else { return nil }
            return PythonApplication(
                framework: framework, path: item.path, line: item.line, name: item.name, isFactory: item.isFactory,
                definition: item.definition, needsArguments: item.needsArguments, call: item.call)
        }
        guard !objects.isEmpty else { return promised(in: sources) }
        return objects.map { served($0, in: sources) } + wrappers(of: objects, in: sources, modules: modules)
    }

    /// `def build() -> FastAPI:`, where how it makes the application cannot be followed.
    private static func promised(in sources: [PythonSource]) -> [PythonApplication] {
        sources.flatMap { source in
            source.statements.compactMap { statement -> PythonApplication? in
                guard statement.scope.isEmpty, case .function(let function) = statement.kind, !function.isAsync,
                    function.decorators.isEmpty, !function.name.hasPrefix("_"), !function.name.hasPrefix("test"),
                    function.parameters.allSatisfy({ $0.value != nil || $0.name.hasPrefix("*") }),
                    let type = function.returns.flatMap({ source.qualified($0) }),
                    let framework = PythonFramework.constructors[type], framework.name != "django"
                else { return nil }
                return PythonApplication(
                    framework: framework, path: source.path, line: statement.line, name: function.name,
                    isFactory: true, definition: PythonModules.Definition(path: source.path, name: function.name))
            }
        }
    }

    /// A Dash object is no WSGI application; `server = app.server` is.
    private static func served(_ object: PythonApplication, in sources: [PythonSource]) -> PythonApplication {
        guard object.framework.name == "dash", let source = sources.first(where: { $0.path == object.path }) else {
            return object
        }
        let found = source.moduleAssignments.first { $0.value.value == .attribute(.name(object.name), "server") }
        var object = object
        if let found { object.name = found.key }
        return object
    }

    private static func constructor(of call: PythonCall, in source: PythonSource) -> String? {
        guard let name = source.qualified(call.callee) else { return nil }
        if PythonFramework.constructors[name] != nil { return name }
        // `from fasthtml.common import *`
        if !name.contains(".") {
            for statement in source.statements {
                guard case .importFrom(let module, let names) = statement.kind, names.first?.name == "*",
                    PythonFramework.constructors["\(module).\(name)"] != nil
                else { continue }
                return "\(module).\(name)"
            }
        }
        // `class Api(FastAPI)` in the same file.
        for case .classDefinition(name, let arguments, _) in source.statements.map(\.kind) {
            let bases = arguments.compactMap { source.qualified($0.value) }
            if let found = bases.first(where: { PythonFramework.constructors[$0] != nil }) { return found }
        }
        return nil
    }

    /// `asgi = socketio.ASGIApp(sio, other_asgi_app=app)`
    private static func wrappers(
        of objects: [PythonApplication], in sources: [PythonSource], modules: PythonModules
    ) -> [PythonApplication] {
        sources.flatMap { source in
            source.statements.compactMap { statement -> PythonApplication? in
                guard statement.scope.isEmpty, case .assignment(let targets, _, .call(let call)?) = statement.kind,
                    let target = targets.first?.dotted, let name = source.qualified(call.callee),
                    PythonFramework.wrappers.contains(name)
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

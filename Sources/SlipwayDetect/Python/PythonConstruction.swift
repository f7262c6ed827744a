// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An object that a call makes: held by a variable of a module, or given back by a function.
struct PythonConstruction: Equatable {
    /// The constructor's qualified name: `fastapi.FastAPI`.
    var constructor: String
    var path: String
    var line: Int
    /// The variable, or the function.
    var name: String
    var isFactory: Bool
    /// Where the constructor's call stands; routes hang on that variable.
    var definition: PythonModules.Definition
    /// The constructor's call.
    var call: PythonCall
    /// Place in the tuple that the function gives back; such a function is no factory that a server could call.
    var position: Int?
    /// The function cannot be called without arguments.
    var needsArguments = false

    /// Factories that call factories that call factories; nobody goes further.
    private static let deepestFactory = 3

    /// Every object whose constructor the closure names; those made in functions only where no variable holds them.
    static func all(
        in sources: [PythonSource], modules: PythonModules, constructor: (PythonCall, PythonSource) -> String?
    ) -> [PythonConstruction] {
        var objects: [PythonConstruction] = []
        var factories: [PythonConstruction] = []
        for source in sources {
            for statement in source.statements {
                guard let (target, call) = assigned(statement), let kind = constructor(call, source) else { continue }
                let place = PythonModules.Definition(path: source.path, name: target ?? "")
                let found = PythonConstruction(
                    constructor: kind, path: source.path, line: statement.line, name: target ?? "", isFactory: false,
                    definition: place, call: call)
                sort(found, statement, source, &objects, &factories)
            }
        }
        var known = 0
        for _ in 0..<deepestFactory where factories.count > known {
            let new = Array(factories[known...])
            known = factories.count
            made(by: new, in: sources, modules: modules, &objects, &factories)
        }
        let used = Set(objects.map(\.definition))
        return objects + factories.filter { $0.position == nil && !used.contains($0.definition) }
    }

    private static func sort(
        _ found: PythonConstruction, _ statement: PythonStatement, _ source: PythonSource,
        _ objects: inout [PythonConstruction], _ factories: inout [PythonConstruction]
    ) {
        // What only `if __name__ == "__main__":` makes is not there for a server that imports the module.
        if let block = source.mainBlockLine, statement.line > block, statement.indentation > 0, statement.scope.isEmpty
        {
            return
        }
        if statement.scope.isEmpty {
            if !found.name.isEmpty { objects.append(found) }
        } else if let function = statement.scope.first, statement.scope.count == 1, !function.hasPrefix("test"),
            let back = returned(found.name.isEmpty ? nil : found.name, from: function, in: source)
        {
            var factory = found
            factory.name = function
            factory.isFactory = true
            factory.position = if case .element(let position) = back { position } else { nil }
            factory.needsArguments = needsArguments(function, in: source)
            if !factories.contains(factory) { factories.append(factory) }
        }
    }

    /// `name = call(…)`, `return call(…)`, and `name, other = call(…)` with the first name.
    private static func assigned(_ statement: PythonStatement) -> (name: String?, call: PythonCall)? {
        switch statement.kind {
        case .assignment(let targets, _, .call(let call)?):
            (targets.first?.elements?.first ?? targets.first)?.dotted.map { ($0, call) }
        case .keyword("return", let values): values.first?.call.map { (nil, $0) }
        default: nil
        }
    }

    private enum Outcome { case whole, element(Int) }

    /// How a function gives back a variable, if it does.
    private static func returned(
        _ target: String?, from function: String, in source: PythonSource
    ) -> Outcome? {
        guard let target else { return .whole }
        for statement in source.statements where statement.scope == [function] {
            guard case .keyword("return", let values) = statement.kind, let value = values.first else { continue }
            let tuple = values.count > 1 ? values : value.elements ?? []
            if let position = tuple.firstIndex(where: { $0.dotted == target }) { return .element(position) }
            // `return socketio.ASGIApp(sio, app)`
            if value.dotted == target || value.call?.arguments.contains(where: { $0.value.dotted == target }) == true {
                return .whole
            }
        }
        return nil
    }

    private static func needsArguments(_ function: String, in source: PythonSource) -> Bool {
        for case .function(let found) in source.statements.map(\.kind) where found.name == function {
            return found.parameters.contains { $0.value == nil && !$0.name.hasPrefix("*") }
        }
        return false
    }

    /// `app = create_app()` in any module, `app, celery = create_app()`, and functions that give that back.
    private static func made(
        by new: [PythonConstruction], in sources: [PythonSource], modules: PythonModules,
        _ objects: inout [PythonConstruction], _ factories: inout [PythonConstruction]
    ) {
        let names = Set(new.map(\.name))
        for source in sources {
            for statement in source.statements {
                let call: PythonCall
                let target: PythonExpression?
                switch statement.kind {
                case .assignment(let targets, _, .call(let value)?): (call, target) = (value, targets.first)
                case .keyword("return", let values):
                    guard let value = values.first?.call else { continue }
                    (call, target) = (value, nil)
                default: continue
                }
                guard let callee = call.callee.dotted,
                    let last = call.callee.lastName, names.contains(last) || source.imports[callee] != nil,
                    let definition = modules.definition(of: callee, in: source)
                else { continue }
                for factory in new where factory.path == definition.path && factory.name == definition.name {
                    guard factory.path != source.path || statement.scope.first != factory.name else { continue }
                    let held: PythonExpression? =
                        if let position = factory.position {
                            target?.elements.flatMap { position < $0.count ? $0[position] : nil }
                        } else {
                            target
                        }
                    guard target == nil || held?.dotted != nil else { continue }
                    var object = factory
                    object.path = source.path
                    object.line = statement.line
                    object.name = held?.dotted ?? ""
                    object.isFactory = false
                    object.position = nil
                    object.needsArguments = false
                    sort(object, statement, source, &objects, &factories)
                }
            }
        }
    }
}

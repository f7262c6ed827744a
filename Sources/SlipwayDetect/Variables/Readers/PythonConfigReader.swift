// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Objects that are called with the name of a variable: django-environ, environs, python-decouple, Starlette's Config.
struct PythonConfigReader: VariableReader {
    let summary = "django-environ, environs, python-decouple, Starlette Config, dj-database-url"
    let languages: Set<CodeLanguage> = [.python]

    private static let casts: [String: Variable.Kind] = [
        "bool": .boolean, "int": .integer, "float": .number, "list": .list, "tuple": .list, "dict": .json,
        "json": .json,
        "url": .url, "Csv": .list, "CommaSeparatedStrings": .list, "Secret": .string, "str": .string, "str_": .string,
        "db": .url, "db_url": .url, "dj_db_url": .url, "cache": .url, "cache_url": .url, "dj_cache_url": .url,
        "email_url": .url, "email": .string, "dj_email_url": .url, "search_url": .url, "decimal": .number,
        "timedelta": .duration, "datetime": .string, "date": .string, "path": .string, "uuid": .string,
        "bytes": .string,
        "enum": .string, "log_level": .string, "unicode": .string, "channels": .url, "channels_url": .url, "URL": .url,
        "log_level_": .string, "strtobool": .boolean,
    ]
    // django-environ's DEFAULT_DATABASE_ENV and its relatives.
    private static let conventional: [String: String] = [
        "db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "cache_url": "CACHE_URL",
        "email_url": "EMAIL_URL", "search_url": "SEARCH_URL", "channels": "CHANNELS_URL",
    ]

    /// Flask's `app.config.from_prefixed_env("SHOP")` sets every key that the code takes from the configuration.
    private func readPrefixed(_ source: PythonSource, into file: inout FileReads) {
        let prefixes = source.calls.filter { $0.call.callee.lastName == "from_prefixed_env" }
            .map { $0.call.argument("prefix", at: 0)?.string ?? "FLASK" }
        guard !prefixes.isEmpty else { return }
        for statement in source.statements {
            for expression in statement.expressions {
                expression.walk { inner in
                    guard case .subscripted(let item) = inner, item.base.lastName == "config",
                        let key = item.index.string, EnvironmentName.isScreaming(key)
                    else { return }
                    for prefix in prefixes { file.add("\(prefix)_\(key)", line: item.line) }
                }
            }
        }
    }

    private struct Object {
        /// Names with a default in the constructor: `Env(DEBUG=(bool, False))`.
        var scheme: [String: Literal] = [:]
        /// Whether the second positional argument is a cast (Starlette, django-environ) and not the default.
        var castComesFirst = false
    }

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = code.python else { return }
        readPrefixed(source, into: &file)
        let objects = objects(source)
        var prefixes: [(prefix: String, indentation: Int)] = []
        for statement in source.statements {
            prefixes.removeAll { statement.indentation <= $0.indentation }
            for expression in statement.expressions {
                expression.walk { inner in
                    if case .subscripted(let item) = inner, let name = item.base.dotted, objects[name] != nil,
                        let variable = item.index.string
                    {
                        file.add(variable, line: item.line, required: true)
                    }
                    guard let call = inner.call else { return }
                    if call.callee.lastName == "prefixed", let prefix = call.arguments.first?.value.string {
                        prefixes.append((prefix, statement.indentation))
                    } else {
                        read(call, source, objects, prefixes.map(\.prefix).joined(), into: &file)
                    }
                }
            }
        }
    }

    private func objects(_ source: PythonSource) -> [String: Object] {
        var result: [String: Object] = [:]
        for (name, origin) in source.imports {
            if origin == "decouple.config" { result[name] = Object() }
            // `from project.settings.base import env`
            if origin.hasSuffix(".env"), name == "env" { result[name] = Object() }
        }
        for statement in source.statements {
            // `from .base import *` of Django's settings brings the objects of the file below.
            guard case .importFrom(let module, let names) = statement.kind, names.first?.name == "*",
                ["base", "common", "settings"].contains(where: module.contains)
            else { continue }
            result["env"] = Object(castComesFirst: true)
            result["config"] = Object()
        }
        for (name, assigned) in source.moduleAssignments {
            guard let call = assigned.value.call, let callee = source.qualified(call.callee) else { continue }
            switch callee {
            case "environ.Env", "environ.FileAwareEnv", "environs.Env", "environs.FileAwareEnv", "envparse.Env":
                var object = Object(castComesFirst: callee.hasPrefix("environ."))
                for argument in call.arguments {
                    guard let key = argument.name, let value = argument.value.elements?.last else { continue }
                    object.scheme[key] = PythonLiteral.value(value)
                }
                result[name] = object
            case "decouple.Config", "decouple.AutoConfig": result[name] = Object()
            case "starlette.config.Config": result[name] = Object(castComesFirst: true)
            default: break
            }
        }
        return result
    }

    private func read(
        _ call: PythonCall, _ source: PythonSource, _ objects: [String: Object], _ prefix: String,
        into file: inout FileReads
    ) {
        if source.qualified(call.callee) == "dj_database_url.config" {
            let value = call.argument("default").map(PythonLiteral.value) ?? .nothing
            file.add(
                call.argument("env")?.string ?? "DATABASE_URL", line: call.line, default: value, kind: .url,
                bare: value == .nothing || value == .computed)
            return
        }
        var method: String?
        guard let object = object(call.callee, objects, &method) else { return }
        if method == "get", call.argument(nil, at: 0)?.string == nil { return }
        if let method, method != "get", Self.casts[method] == nil { return }
        let named = call.argument("var", at: 0) ?? call.argument("name")
        guard let name = named?.string ?? (call.arguments.isEmpty ? method.flatMap { Self.conventional[$0] } : nil)
        else {
            return
        }
        let defaultPosition = method == nil && object.castComesFirst ? 2 : 1
        let given = call.argument("default", at: defaultPosition)
        let cast = call.argument("cast") ?? (defaultPosition == 2 ? call.argument(nil, at: 1) : nil)
        let castName = cast?.lastName ?? cast?.call?.callee.lastName
        let fallback = given.map(PythonLiteral.value) ?? object.scheme[name]
        file.add(
            prefix + name, line: call.line, required: fallback == nil, default: fallback ?? .nothing,
            kind: castName.flatMap { Self.casts[$0] } ?? method.flatMap { Self.casts[$0] },
            secretBecause: castName == "Secret" ? "its type is Secret" : nil)
    }

    private func object(_ callee: PythonExpression, _ objects: [String: Object], _ method: inout String?) -> Object? {
        if let name = callee.dotted, let object = objects[name] { return object }
        guard case .attribute(let base, let last) = callee, let name = base.dotted else { return nil }
        method = last
        return objects[name]
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Objects that describe the whole environment: zod, valibot, Joi, yup, envalid, t3-env, AdonisJS, JSON schemas.
struct JavaScriptSchemaReader: VariableReader {
    let summary = "zod, valibot, Joi, yup, envalid, t3-env, AdonisJS Env.create, env-schema, class-validator classes"
    let languages: Set<CodeLanguage> = [.javascript]

    private static let builders: Set<String> = [
        "z", "zod", "Joi", "joi", "v", "yup", "Type", "t", "str", "num", "bool", "port", "url", "email", "json", "host",
        "makeValidator", "Env", "S", "type", "vine", "envField", "zBool", "coerce",
    ]
    private static let kinds: [String: Variable.Kind] = [
        "number": .number, "num": .number, "port": .integer, "int": .integer, "integer": .integer, "Number": .number,
        "Integer": .integer, "boolean": .boolean, "bool": .boolean, "Boolean": .boolean, "stringbool": .boolean,
        "url": .url, "uri": .url, "json": .json, "array": .list, "string": .string, "str": .string, "String": .string,
        "enum": .string, "email": .string, "nativeEnum": .string,
    ]

    /// Whether a schema begins at the token: `z.string()`.
    static func isBuilder(_ code: Code, _ index: Int) -> Bool {
        code.isWord(index, in: builders) && (code.isMark(index + 1, ".") || code.isMark(index + 1, "("))
    }

    func read(_ code: Code, into file: inout FileReads) {
        let named = named(code)
        for index in 0..<code.count where code.isMark(index, "{") {
            // const spec = { … } that is given to cleanEnv(process.env, spec)
            let given = code.isMark(index - 1, "=") ? code.word(index - 2).flatMap { named[$0] } : nil
            guard let owner = given ?? owner(code, index) else { continue }
            readProperties(code, index, owner, into: &file)
        }
        readClasses(code, into: &file)
        readJSONSchemas(code, into: &file)
        readFluentSchemas(code, into: &file)
    }

    /// The kinds of object literal that list variables.
    private enum Owner {
        /// Values are required unless they say `.optional()`.
        case strict
        /// Values are optional unless they say `.required()`.
        case lenient
    }

    /// Names that stand as arguments where a schema is expected.
    private func named(_ code: Code) -> [String: Owner] {
        var result: [String: Owner] = [:]
        for index in 0..<code.count where code.isMark(index, "(") {
            guard code.kind(index - 1) == .word, let owner = owner(calling: code, index) else { continue }
            for range in code.arguments(index) where range.count == 1 {
                if let name = code.word(range.lowerBound) { result[name] = owner }
            }
        }
        return result
    }

    private func owner(_ code: Code, _ open: Int) -> Owner? {
        // z.object({...}), Joi.object({...}), cleanEnv(process.env, {...}), Env.create(url, {...})
        if let bracket = code.parent(open), code.isMark(bracket, "("), let owner = owner(calling: code, bracket) {
            return owner
        }
        // createEnv({ server: {...}, client: {...} })
        if code.isMark(open - 1, ":"),
            code.isWord(
                open - 2, of: ["server", "client", "shared", "schema", "validationSchema", "vars", "clientPrefix"])
        {
            return .strict
        }
        return nil
    }

    private func owner(calling code: Code, _ bracket: Int) -> Owner? {
        if code.isWord(
            bracket - 1, of: ["object", "strictObject", "looseObject", "objectAsync", "shape", "Object", "extend"])
        {
            let isJoi = code.isWord(bracket - 3, of: ["Joi", "joi", "yup"])
            return isJoi ? .lenient : .strict
        }
        // Joi.object().keys({...})
        if code.isWord(bracket - 1, "keys"), code.isMark(bracket - 2, ".") { return .lenient }
        if code.isWord(bracket - 1, of: ["cleanEnv", "customCleanEnv", "envsafe", "create", "parseEnv", "rules"]) {
            return .strict
        }
        return nil
    }

    private func readProperties(_ code: Code, _ open: Int, _ owner: Owner, into file: inout FileReads) {
        let given = parsed(code, open)
        let properties = code.arguments(open)
        // Settings that the page keeps for its visitor have names of both kinds; the environment has capitals.
        let small = properties.count { range in
            guard code.isMark(range.lowerBound + 1, ":"), let name = code.word(range.lowerBound) else { return false }
            return !EnvironmentName.isScreaming(name)
        }
        guard small < 2 else { return }
        for range in properties {
            let key = range.lowerBound
            guard let name = code.word(key) ?? code.string(key), EnvironmentName.isScreaming(name),
                code.isMark(key + 1, ":"), key + 2 < range.upperBound
            else { continue }
            if let value = code.argument(name, in: given), !value.contains(where: { code.isWord($0, name) }) {
                continue
            }
            let value = production(code, key + 2..<range.upperBound)
            guard describes(code, value) else { continue }
            add(code, name, value, owner, into: &file)
        }
    }

    /// The object that is parsed right away, `z.object({ ID: z.string() }).parse({ ID: process.env.SHOP_ID })`: a field
    /// that another variable fills is none itself.
    private func parsed(_ code: Code, _ open: Int) -> [Range<Int>] {
        guard let bracket = code.parent(open), let close = code.partner(bracket), code.isMark(close + 1, "."),
            code.isWord(close + 2, of: ["parse", "safeParse"]), code.isMark(close + 3, "("), code.isMark(close + 4, "{")
        else { return [] }
        return code.arguments(close + 4)
    }

    /// `process.env.NODE_ENV === "production" ? z.string() : z.string().optional()`: what holds where it runs.
    private func production(_ code: Code, _ value: Range<Int>) -> Range<Int> {
        guard let first = value.first,
            let mark = value.first(where: { code.isMark($0, "?") && code.parent($0) == code.parent(first) }),
            (first..<mark).contains(where: { code.string($0) == "production" }),
            let colon = (mark..<value.upperBound).first(where: {
                code.isMark($0, ":") && code.parent($0) == code.parent(first)
            })
        else { return value }
        let isOther = (first..<mark).contains { code.isMark($0, "!=") }
        return isOther ? colon + 1..<value.upperBound : mark + 1..<colon
    }

    private static let jsonSchemaLibraries = ["@fastify/env", "env-schema", "fastify-env"]

    /// `{ required: ["A"], properties: { A: { type: "string", default: "x" } } }` that a library compares with the
    /// environment.
    private func readJSONSchemas(_ code: Code, into file: inout FileReads) {
        guard (0..<code.count).contains(where: { code.string($0).map(Self.jsonSchemaLibraries.contains) == true })
        else { return }
        for open in 0..<code.count where code.isMark(open, "{") && code.isWord(open - 2, "properties") {
            guard let schema = code.parent(open) else { continue }
            let needed = code.argument("required", in: code.arguments(schema)) ?? 0..<0
            let required = Set(needed.compactMap { code.string($0) })
            for range in code.arguments(open) {
                guard let name = code.word(range.lowerBound) ?? code.string(range.lowerBound),
                    code.isMark(range.lowerBound + 2, "{")
                else { continue }
                let fields = code.arguments(range.lowerBound + 2)
                let fallback = code.argument("default", in: fields).map { code.literal($0) } ?? .nothing
                let type = code.argument("type", in: fields).flatMap { code.string($0.lowerBound) }
                file.add(
                    name, at: range.lowerBound, required: required.contains(name) && fallback == .nothing,
                    default: fallback, kind: type.flatMap { Self.kinds[$0] })
            }
        }
    }

    /// `S.object().prop("A", S.string().required()).required(["B"])`, compared with the environment by the same libraries.
    private func readFluentSchemas(_ code: Code, into file: inout FileReads) {
        guard (0..<code.count).contains(where: { code.string($0).map(Self.jsonSchemaLibraries.contains) == true })
        else { return }
        var needed: Set<String> = []
        for index in 0..<code.count
        where code.isWord(index, "required") && code.isMark(index + 1, "(") && code.isMark(index + 2, "[") {
            needed.formUnion(code.arguments(index + 2).compactMap { code.string($0.lowerBound) })
        }
        for index in 0..<code.count where code.isWord(index, "prop") && code.isMark(index + 1, "(") {
            let arguments = code.arguments(index + 1)
            guard let key = arguments.first?.lowerBound, let name = code.string(key), EnvironmentName.isScreaming(name)
            else { continue }
            let value = arguments.count > 1 ? arguments[1] : key..<key
            var kind: Variable.Kind?
            var fallback = Literal.nothing
            var required = needed.contains(name)
            for token in value where code.kind(token) == .word && code.isMark(token + 1, "(") {
                kind = kind ?? Self.kinds[code.text(token)]
                if code.isWord(token, "required") { required = true }
                if code.isWord(token, "default"), let close = code.partner(token + 1) {
                    fallback = code.literal(token + 2..<close)
                }
            }
            file.add(name, at: key, required: required && fallback == .nothing, default: fallback, kind: kind)
        }
    }

    private func describes(_ code: Code, _ value: Range<Int>) -> Bool {
        let first = value.lowerBound
        if code.isWord(first, in: Self.builders) { return true }
        // A shared piece of schema, or a function that makes one.
        return code.kind(first) == .word && !code.isWord(first, "process")
            && (code.isMark(first + 1, ".") || code.isMark(first + 1, "(") || value.count == 1)
            && !code.isWord(first, "import")
    }

    private func add(_ code: Code, _ name: String, _ value: Range<Int>, _ owner: Owner, into file: inout FileReads) {
        var required = owner == .strict
        var fallback = Literal.nothing
        var kind: Variable.Kind?
        for token in value where code.kind(token) == .word {
            let word = code.text(token)
            if kind == nil || kind == .string || (kind == .number && word == "int"), let found = Self.kinds[word] {
                kind = word == "int" ? .integer : found
            }
            switch word {
            case "optional", "nullish", "nullable", "optionalWhen": required = false
            case "required": required = owner == .lenient ? true : required
            case "default", "catch", "prefault", "devDefault", "defaultValue":
                if word == "devDefault" { break }
                if code.isMark(token + 1, "("), let close = code.partner(token + 1) {
                    fallback = code.literal(token + 2..<close)
                } else if code.isMark(token + 1, ":") {
                    let end = (token + 2..<value.upperBound).first { code.isMark($0, ",") || code.isMark($0, "}") }
                    fallback = code.literal(token + 2..<(end ?? value.upperBound))
                }
                required = false
            default: break
            }
        }
        file.add(
            name, at: value.lowerBound - 2, required: required && fallback == .nothing, default: fallback, kind: kind,
            phase: JavaScriptPhase.of(name, in: code.path, isBuildObject: false))
    }

    /// class EnvironmentVariables { @IsNumber() PORT: number; } that is given to plainToInstance.
    private func readClasses(_ code: Code, into file: inout FileReads) {
        guard
            let call = (0..<code.count).first(where: {
                code.isWord($0, of: ["plainToInstance", "plainToClass"]) && code.isMark($0 + 1, "(")
            }), let name = code.word(call + 2)
        else { return }
        for index in 0..<code.count where code.isWord(index, "class") && code.isWord(index + 1, name) {
            guard let open = (index..<min(code.count, index + 8)).first(where: { code.isMark($0, "{") }),
                let close = code.partner(open)
            else { continue }
            for token in open + 1..<close where code.parent(token) == open {
                guard let field = code.word(token), EnvironmentName.isScreaming(field), !code.isMember(token),
                    code.isMark(token + 1, ":") || code.isMark(token + 1, "?") || code.isMark(token + 1, "!")
                        || code.isMark(token + 1, "=")
                else { continue }
                let isOptional = code.isMark(token + 1, "?")
                let end = (token..<close).first { code.isMark($0, ";") } ?? close
                let equals = (token..<end).first { code.isMark($0, "=") }
                let value = equals.map { code.literal($0 + 1..<end) } ?? .nothing
                let decorated = (max(open, token - 12)..<token).contains { code.isWord($0, "IsOptional") }
                file.add(field, at: token, required: !isOptional && !decorated && equals == nil, default: value)
            }
        }
    }
}

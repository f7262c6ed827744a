// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Configuration files that export a function which is handed the reader of the environment, as Strapi's do:
/// `({ env }) => ({ host: env("HOST", "0.0.0.0"), port: env.int("PORT", 1337) })`.
struct JavaScriptFunctionReader: VariableReader {
    let summary =
        "Strapi's configuration functions: ({ env }) => env(\"X\", \"y\"), env.int(\"X\", 1), env.array(\"X\")"
    let languages: Set<CodeLanguage> = [.javascript]

    // https://docs.strapi.io/cms/configurations/environment#casting-environment-variables
    private static let casts: [String: Variable.Kind] = [
        "int": .integer, "float": .number, "bool": .boolean, "json": .json, "array": .list, "date": .string,
        "oneOf": .string,
    ]

    func read(_ code: Code, into file: inout FileReads) {
        guard isHanded(code) else { return }
        var needed: Set<String> = []
        for index in 0..<code.count where code.isWord(index, "env") && !code.isMember(index) {
            var open = index + 1
            var kind: Variable.Kind?
            if code.isMark(open, "."), let cast = code.word(open + 1).flatMap({ Self.casts[$0] }) {
                kind = cast
                open += 2
            }
            guard code.isMark(open, "("), let name = code.string(open + 1) else { continue }
            let arguments = code.arguments(open)
            if arguments.count == 1, isNeeded(code, index) { needed.insert(name) }
            let given = arguments.count > 1 && !code.isWord(arguments[1].lowerBound, "undefined")
            file.add(
                name, at: index, default: given ? code.literal(arguments[1]) : .nothing, kind: kind,
                bare: arguments.count == 1)
        }
        file.hand(needed)
    }

    /// Strapi does not start without these (docs.strapi.io/cms/configurations/server, admin-panel).
    private static let needed = [["keys", "app"], ["salt", "apiToken"], ["secret", "auth"]]

    private func isNeeded(_ code: Code, _ index: Int) -> Bool {
        guard code.isMark(index - 1, ":"), let key = code.word(index - 2), let object = code.parent(index) else {
            return false
        }
        let path = [key] + JavaScriptSinks(code).surroundings(of: object).keys
        return Self.needed.contains { path.starts(with: $0) }
    }

    /// `({ env }) =>`, `({ env, strapi }) =>`
    private func isHanded(_ code: Code) -> Bool {
        (0..<code.count).contains { index in
            guard code.isWord(index, "env"), let open = code.parent(index), code.isMark(open, "{"),
                code.isMark(open - 1, "("), let close = code.partner(open), close - open < 12
            else { return false }
            return code.partner(open - 1).map { code.isMark($0 + 1, "=>") || code.isMark($0 + 1, ":") } ?? false
        }
    }
}

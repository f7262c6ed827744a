// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a file of a Node program takes from other files and hands out, as far as routers go.
struct NodeRouterFile {
    let path: String
    /// Names that stand for other files of the package.
    private(set) var imports: [String: String] = [:]
    /// What the other file calls that which it is imported as: `a` of `import { a as b }`.
    private(set) var members: [String: String] = [:]
    /// Routers of the file by the names under which it hands them out.
    private(set) var exported: [String: String] = [:]
    /// Names that the file makes routers under, which answer nothing until somebody mounts them.
    private(set) var routers: Set<String> = []
    /// Names that it makes applications under, which may be mounted like routers.
    private var applications: Set<String> = []
    /// What its routers and applications put before their paths.
    private(set) var prefixes: [String: String] = [:]
    /// What it hands out of other files.
    private(set) var handedOn: [NodeMounts.Mount] = []
    private let known: Set<String>
    private let directory: String

    init(_ code: Code, _ project: NodeProject, _ known: Set<String>) {
        path = code.path
        (self.known, directory) = (known, project.directory)
        readImports(code)
        readRouters(code)
        for name in routers.union(applications) { exported[name] = name }
        readExports(code)
        readHandedOn(code)
    }

    /// The file, or the router of it that has the name.
    func node(_ owner: String) -> String {
        routers.contains(owner) || applications.contains(owner) || exported.values.contains(owner)
            ? "\(path)#\(owner)" : path
    }

    /// `const orders = express.Router()`, `new Router({ prefix: "/orders" })`, `new Hono().basePath("/api")`
    private mutating func readRouters(_ code: Code) {
        for index in 0..<code.count where code.isMark(index, "=") && !code.isMark(index, "==") {
            // The type may stand between: `const router: Router = Router()`
            let named = code.isMark(index - 2, ":") ? index - 3 : code.isMark(index - 4, ":") ? index - 5 : index - 1
            guard let name = code.word(named), code.isWord(named - 1, of: ["const", "let", "var"]) else { continue }
            var next = index + 1
            if code.isWord(next, "new") || code.isWord(next, "await") { next += 1 }
            // require("express").Router()
            if code.isWord(next, "require"), let end = code.partner(next + 1) { next = end }
            while code.isMark(next + 1, "."), code.word(next + 2) != nil { next += 2 }
            guard let maker = code.word(next) else { continue }
            // new Hono<Env>()
            let open = (next + 1..<next + 8).first { code.isMark($0, "(") }
            guard let open, code.isMark(next + 1, "(") || code.isMark(next + 1, "<") else { continue }
            if maker.hasSuffix("Router") {
                routers.insert(name)
            } else if ["Hono", "OpenAPIHono", "Elysia", "express", "Koa"].contains(maker) {
                applications.insert(name)
            } else {
                // `const users = createUserRoutes(db)`
                if let file = imports[maker], imports[name] == nil { imports[name] = file }
                continue
            }
            if let options = code.arguments(open).first, code.isMark(options.lowerBound, "{"),
                let prefix = code.argument("prefix", in: code.arguments(options.lowerBound))
            {
                prefixes[name] = code.string(prefix.lowerBound)
            }
            if let end = code.partner(open), code.isMark(end + 1, "."), code.isWord(end + 2, "basePath") {
                prefixes[name] = code.string(end + 4)
            }
        }
    }

    /// `module.exports = { api: apiRouter, render }`
    private mutating func readExports(_ code: Code) {
        for index in 0..<code.count where code.path(index, "module", "exports") != nil {
            guard code.isMark(index + 3, "="), code.isMark(index + 4, "{") else { continue }
            for range in code.arguments(index + 4) {
                guard let name = code.word(range.lowerBound) else { continue }
                var router: String?
                if range.count == 1 { router = name }
                if range.count == 3, code.isMark(range.lowerBound + 1, ":") { router = code.word(range.upperBound - 1) }
                guard let router else { continue }
                exported[name] = router
                if let file = imports[router] {
                    handedOn.append(
                        NodeMounts.Mount(parent: "\(path)#\(router)", prefix: "", child: file, member: members[router]))
                }
            }
        }
    }

    /// `module.exports = require("./routes")`, `export * from "./routes"`, `export { default as users } from "./users"`
    private mutating func readHandedOn(_ code: Code) {
        for index in 0..<code.count {
            if code.path(index, "module", "exports") != nil, code.isMark(index + 3, "="),
                code.isWord(index + 4, "require")
            {
                handOn(code.string(index + 6))
            } else if code.isWord(index, "export"), code.isMark(index + 1, "*"), code.isWord(index + 2, "from") {
                handOn(code.string(index + 3))
            } else if code.isWord(index, "export"), code.isMark(index + 1, "{"), let end = code.partner(index + 1),
                code.isWord(end + 1, "from"), let file = code.string(end + 2).flatMap(resolve)
            {
                for range in code.arguments(index + 1) {
                    guard let name = code.word(range.upperBound - 1), let first = code.word(range.lowerBound) else {
                        continue
                    }
                    exported[name] = name
                    handedOn.append(
                        NodeMounts.Mount(
                            parent: "\(path)#\(name)", prefix: "", child: file,
                            member: first == "default" ? nil : first))
                }
            }
        }
    }

    private mutating func handOn(_ specifier: String?) {
        guard let file = specifier.flatMap(resolve) else { return }
        handedOn.append(NodeMounts.Mount(parent: path, prefix: "", child: file))
    }

    private mutating func readImports(_ code: Code) {
        for index in 0..<code.count {
            if code.isWord(index, "import"), !code.isMember(index) {
                var names: [(name: String, member: String?)] = []
                var next = index + 1
                while next < code.count, next < index + 60, code.string(next) == nil {
                    if let word = code.word(next), word != "from", word != "type", word != "as" {
                        let original = code.isWord(next - 1, "as") ? code.word(next - 2) : word
                        names.append((word, code.parent(next) == code.parent(index) ? nil : original))
                    }
                    next += 1
                }
                guard let target = code.string(next).flatMap(resolve) else { continue }
                for item in names { (imports[item.name], members[item.name]) = (target, item.member) }
            } else if code.isWord(index, "require"), code.isMark(index + 1, "("), code.isMark(index - 1, "="),
                let target = code.string(index + 2).flatMap(resolve)
            {
                var back = index - 2
                while back >= 0, back > index - 40, !code.isWord(back, of: ["const", "let", "var"]) {
                    if let word = code.word(back) {
                        imports[word] = target
                        // { orders: router }
                        let original = code.isMark(back - 1, ":") ? code.word(back - 2) : word
                        members[word] = code.parent(back) == code.parent(index) ? nil : original
                    }
                    back -= 1
                }
            }
        }
    }

    /// `require("./routes/users")` as an argument.
    func required(_ range: Range<Int>, _ code: Code) -> String? {
        for index in range where code.isWord(index, "require") || code.isWord(index, "import") {
            if let target = code.string(index + 2).flatMap(resolve) { return target }
        }
        return nil
    }

    private func resolve(_ specifier: String) -> String? {
        bases(of: specifier).lazy.compactMap(PathText.normalized).compactMap { base in
            let stem =
                [".js", ".mjs", ".cjs"].first { base.hasSuffix($0) }.map { String(base.dropLast($0.count)) } ?? base
            let choices =
                [base]
                + ["js", "ts", "mjs", "cjs", "mts"].flatMap {
                    ["\(stem).\($0)", "\(base).\($0)", "\(base)/index.\($0)"]
                }
            return choices.first(where: known.contains)
        }.first
    }

    /// Where a file may lie that is imported under a name: beside the importing one, or in the folder of sources that
    /// people give a short name (`@/routes`, `src/routes`).
    private func bases(of specifier: String) -> [String] {
        if specifier.hasPrefix(".") { return [path.parentDirectory.appending(path: specifier)] }
        let short = ["@/", "~/", "#"].first(where: specifier.hasPrefix).map { String(specifier.dropFirst($0.count)) }
        guard let inside = short ?? (specifier.hasPrefix("src/") ? specifier : nil) else {
            return specifier.hasPrefix("@")
                ? [directory.appending(path: "src").appending(path: String(specifier.dropFirst()))] : []
        }
        return [directory.appending(path: "src").appending(path: inside), directory.appending(path: inside)]
    }
}

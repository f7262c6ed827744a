// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The paths of `config/routes.rb`, with the namespaces and scopes they stand in.
enum RailsRoutes {
    static func paths(in tree: SourceTree, directory: String) -> [(String, CodeLine)] {
        let path = directory.appending(path: "config/routes.rb")
        guard let text = tree.text(path) else { return [] }
        var scopes: [(indentation: Int, prefix: String)] = []
        var result: [(String, CodeLine)] = []
        for line in CodeLine.lines(of: CodeBase.File(path: path, text: text)) {
            while let last = scopes.last, line.indentation <= last.indentation { scopes.removeLast() }
            let outer = scopes.map(\.prefix).joined()
            let words = line.text.split { $0 == " " || $0 == "," || $0 == "(" }
            guard let verb = words.first, words.count > 1 else { continue }
            let argument = words[1].trimmingSymbol
            switch verb {
            case "namespace", "scope":
                guard line.text.has(" do"), let argument, verb == "namespace" || !words[1].hasPrefix("module") else {
                    continue
                }
                scopes.append((line.indentation, argument.hasPrefix("/") ? argument : "/" + argument))
            case "resources", "resource", "get", "post", "put", "patch", "delete", "match", "mount":
                let literal = verb == "mount" ? line.literals.last : argument
                guard let literal, !literal.isEmpty else { continue }
                result.append((outer + (literal.hasPrefix("/") ? literal : "/" + literal), line))
            default: continue
            }
        }
        return result
    }
}

extension Substring {
    /// `:users`, `"users"` and `'/users'` without their marks.
    fileprivate var trimmingSymbol: String? {
        let text = drop { $0 == ":" || $0 == "\"" || $0 == "'" }
        let end = text.prefix { $0 != "\"" && $0 != "'" }
        return end.isEmpty ? nil : String(end)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The paths that Go code answers, with the prefixes of the groups they stand in.
///
/// Groups are followed by the variable that holds them (gin, echo, fiber) and by indentation (chi's closures):
/// gofmt makes indentation as reliable as braces.
enum GoRoutes {
    private static let callees = [
        "HandleFunc", "Handle", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "Get", "Post", "Put", "Patch",
        "Delete", "Any", "All", "Static", "Mount",
    ]

    static func paths(in code: CodeBase) -> [(String, CodeLine)] {
        code.files.filter { $0.text.utf8.contains("\"/") || $0.text.utf8.contains(" /") }.flatMap(paths)
    }

    /// `const prefix = "/api"`, alone or in a block.
    private static func constants(in file: CodeBase.File) -> [String: String] {
        var found: [String: String] = [:]
        for line in CodeLine.lines(of: file) where line.text.has("= \"/") {
            let words = line.text.split(separator: " ")
            let name = words.first == "const" || words.first == "var" ? words.dropFirst().first : words.first
            if let name, let literal = line.literals.first { found[String(name)] = literal }
        }
        return found
    }

    /// The text with the names of constants in front of literals put in: `Route(prefix+"/v1"` → `Route("/api/v1"`.
    private static func resolved(_ text: Substring, _ constants: [String: String]) -> Substring {
        guard let plus = text.range(ofText: "+\"") ?? text.range(ofText: "+ \"") else { return text }
        let before = text[..<plus.lowerBound]
        let name = String(before.trimmingBlanks.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" }))
        guard let value = constants[name], let start = before.ranges(of: name).last else { return text }
        return Substring("\(text[..<start.lowerBound])\"\(value)\(text[plus.upperBound...])")
    }

    private static func paths(in file: CodeBase.File) -> [(String, CodeLine)] {
        var groups: [String: String] = [:]
        var closures: [(indentation: Int, prefix: String)] = []
        var result: [(String, CodeLine)] = []
        let constants = constants(in: file)
        for written in CodeLine.lines(of: file) {
            var line = written
            if !constants.isEmpty {
                line = CodeLine(
                    file: line.file, number: line.number, indentation: line.indentation,
                    text: resolved(line.text, constants))
            }
            while let last = closures.last, line.indentation <= last.indentation { closures.removeLast() }
            // A call whose first argument is a path, or a method and a path.
            guard line.text.has("(\"/") || line.text.has(" /") else { continue }
            let outer = closures.map(\.prefix).joined()
            if line.text.has("func("), let prefix = line.argument(of: ".Route") {
                closures.append((line.indentation, prefix))
                result.append((outer + prefix, line))
                continue
            }
            for callee in [".Group", ".PathPrefix"] {
                guard let call = Call(line, callee) else { continue }
                let prefix = (groups[call.receiver] ?? "") + call.path
                if let name = line.text.split(separator: " ").first, line.text.has("=") {
                    groups[String(name)] = prefix
                }
                result.append((outer + prefix, line))
            }
            for callee in callees {
                guard let call = Call(line, "." + callee) else { continue }
                let path = outer + (groups[call.receiver] ?? "") + call.path
                if path.hasPrefix("/"), path != "/" { result.append((path, line)) }
            }
        }
        return result
    }

    /// `receiver.Callee("/path"`.
    private struct Call {
        let receiver: String
        let path: String

        init?(_ line: CodeLine, _ callee: String) {
            guard let range = line.text.range(ofText: callee + "("),
                let literal = CodeLine.leadingLiteral(line.text[range.upperBound...])
            else { return nil }
            // Since Go 1.22 a pattern of net/http may begin with the method: "GET /items/{id}".
            path = literal.split(separator: " ").last.map(String.init) ?? ""
            let before = line.text[..<range.lowerBound]
            receiver = String(before.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" }))
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return self[..<end]
    }
    fileprivate func suffix(while predicate: (Character) -> Bool) -> Substring {
        var start = endIndex
        while start > startIndex, predicate(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}

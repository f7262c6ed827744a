// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The text that an expression of a Node program stands for: a literal, a constant of this or another file, or what
/// counts while nobody sets the variable.
///
/// One reader serves a whole program: it remembers what names of other files stand for, because each such question
/// looks through all of them.
final class NodeText {
    private let project: NodeProject
    private let tree: SourceTree
    private var declaredElsewhere: [Question: String?] = [:]

    /// A name, asked for from so many steps away.
    private struct Question: Hashable {
        let name: String
        let steps: Int
    }

    /// More steps than lead from a call to a literal in any program that people wrote.
    private static let mostSteps = 4
    /// In the order in which they count less.
    private static let alternatives = ["??", "||"]

    init(_ project: NodeProject, _ tree: SourceTree) {
        (self.project, self.tree) = (project, tree)
    }

    func value(_ range: Range<Int>, in code: Code) -> String? { value(range, code, 0) }

    /// The beginning of a path: `home + "/users"`, `` `${prefix}/users` ``. What nobody knows adds nothing.
    func path(_ range: Range<Int>, in code: Code) -> String? {
        guard !range.contains(where: { code.isMark($0, "(") || code.isMark($0, "=>") }) else { return nil }
        guard let text = value(range, code, 0) ?? tail(range, code), text.hasPrefix("/") else { return nil }
        return text
    }

    private func tail(_ range: Range<Int>, _ code: Code) -> String? {
        guard let last = range.last, range.count > 2, code.isMark(last - 1, "+") else { return nil }
        return code.string(last)
    }

    private func value(_ range: Range<Int>, _ code: Code, _ steps: Int) -> String? {
        guard steps < Self.mostSteps, !range.isEmpty, range.upperBound <= code.count else { return nil }
        let outside = range.filter { code.parent($0) == code.parent(range.lowerBound) }
        // What counts while the first is not set stands last.
        for mark in Self.alternatives {
            guard let place = outside.last(where: { code.isMark($0, mark) }), place + 2 < range.upperBound else {
                continue
            }
            return value(place + 2..<range.upperBound, code, steps)
                ?? value(range.lowerBound..<place, code, steps)
        }
        if let cast = outside.first(where: { code.isWord($0, "as") }), cast > range.lowerBound {
            return value(range.lowerBound..<cast, code, steps)
        }
        if let plus = outside.last(where: { code.isMark($0, "+") }), plus > range.lowerBound {
            guard let left = value(range.lowerBound..<plus, code, steps),
                let right = value(plus + 1..<range.upperBound, code, steps)
            else { return nil }
            return left + right
        }
        if range.count == 1, let text = code.string(range.lowerBound) { return text }
        if code.kind(range.lowerBound) == .template { return template(range.lowerBound, code, steps) }
        return called(range, code, steps) ?? named(range, code, steps)
    }

    /// `` `${home}/users` ``, and `` `api/${version}` `` up to what nobody knows.
    private func template(_ index: Int, _ code: Code, _ steps: Int) -> String? {
        var text = ""
        var (place, next) = (Int(code.tokens[index].start), index + 1)
        while code.isMark(next, "{"), let close = code.partner(next), code.tokens[next].start < code.tokens[index].end {
            text += String(decoding: code.bytes[place..<max(place, Int(code.tokens[next].start) - 1)], as: UTF8.self)
            guard let inner = value(next + 1..<close, code, steps + 1) ?? (text.isEmpty ? "" : nil) else {
                return text
            }
            text += inner
            (place, next) = (Int(code.tokens[close].end), close + 1)
        }
        text += String(decoding: code.bytes[place..<max(place, Int(code.tokens[index].end))], as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// `String(x)`, `config.get("API_PREFIX", "api")`, `z.string().default("api")`
    private func called(_ range: Range<Int>, _ code: Code, _ steps: Int) -> String? {
        if let place = range.last(where: { code.isWord($0, "default") && code.isMark($0 + 1, "(") }),
            let argument = code.arguments(place + 1).first
        {
            return value(argument, code, steps + 1)
        }
        if code.isWord(range.lowerBound, "String"), let argument = code.arguments(range.lowerBound + 1).first {
            return value(argument, code, steps + 1)
        }
        guard let place = range.last(where: { code.isWord($0, of: ["get", "getOrThrow"]) && code.isMember($0) }),
            let open = (place + 1..<place + 5).first(where: { code.isMark($0, "(") }),
            case let arguments = code.arguments(open), let key = arguments.first.flatMap({ code.string($0.lowerBound) })
        else { return nil }
        if arguments.count > 1, let text = value(arguments[1], code, steps + 1) { return text }
        return given(key) ?? declared(key.split(separator: ".").last.map(String.init) ?? key, code, steps)
    }

    private func named(_ range: Range<Int>, _ code: Code, _ steps: Int) -> String? {
        guard
            range.allSatisfy({
                code.word($0) != nil || code.isMark($0, ".") || code.isMark($0, "?") || code.isMark($0, "!")
            }),
            let name = range.last(where: { code.word($0) != nil }).flatMap(code.word)
        else { return nil }
        if code.path(range.lowerBound, "process", "env") != nil { return given(name) }
        return declared(name, code, steps)
    }

    /// What the templates of the environment say, where they say something.
    private func given(_ name: String) -> String? {
        guard EnvironmentName.isScreaming(name) else { return nil }
        return NodePortFile.values(of: name, for: project, tree).first { !$0.value.isEmpty }?.value
    }

    private func declared(_ name: String, _ code: Code, _ steps: Int) -> String? {
        if let text = declaration(of: name, code, steps) { return text }
        let question = Question(name: name, steps: steps)
        if let known = declaredElsewhere[question] { return known }
        let found = searched(name, besides: code.path, steps)
        declaredElsewhere[question] = .some(found)
        return found
    }

    private func searched(_ name: String, besides own: String, _ steps: Int) -> String? {
        let search = ByteSearch([name.lowercased()])
        for path in project.scripts where path != own {
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { continue }
            let other = Code(path: path, language: .javascript, bytes: bytes)
            if let text = declaration(of: name, other, steps) { return text }
        }
        return nil
    }

    /// What stands behind `name =`, `name: string =` or `name:`.
    private func declaration(of name: String, _ code: Code, _ steps: Int) -> String? {
        for index in 0..<code.count where code.isWord(index, name) && !code.isMember(index) {
            var start = index + 1
            if code.isMark(start, ":"), code.word(start + 1) != nil, code.isMark(start + 2, "=") { start += 2 }
            guard
                code.isMark(start, "=") && !code.isMark(start, "==") && !code.isMark(start, "=>")
                    || code.isMark(start, ":")
            else { continue }
            if let text = value(start + 1..<end(of: start + 1, index, code), code, steps + 1) { return text }
        }
        return nil
    }

    /// Where the expression that begins at a token ends.
    private func end(of start: Int, _ name: Int, _ code: Code) -> Int {
        let parent = code.parent(name)
        var end = start
        while end < code.count, end < start + 40 {
            if code.parent(end) == parent, code.isMark(end, ",") || code.isMark(end, ";") { break }
            if let parent, end == code.partner(parent) { break }
            // Without a semicolon the next line begins another statement, unless a mark holds them together.
            if end > start, code.parent(end) == parent, code.line(end) > code.line(end - 1), code.word(end) != nil,
                code.kind(end - 1) != .mark || code.isMark(end - 1, ")")
            {
                break
            }
            end += 1
        }
        return end
    }
}

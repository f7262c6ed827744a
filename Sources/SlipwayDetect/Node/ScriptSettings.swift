// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A JavaScript or TypeScript configuration file, asked for `key: value` wherever it stands.
struct ScriptSettings {
    let path: String
    private let code: Code

    init?(_ path: String, in tree: SourceTree) {
        guard let bytes = tree.bytes(path) else { return nil }
        self.path = path
        code = Code(path: path, language: .javascript, bytes: bytes)
    }

    private func value(after key: String) -> Int? {
        for index in 0..<code.count
        where code.isWord(index, key) && code.isMark(index + 1, ":") && !code.isMember(index) {
            return index + 2
        }
        return nil
    }

    /// The last string in the value, so that `path.resolve(__dirname, "../dist")` answers too.
    func string(_ key: String) -> String? {
        guard let start = value(after: key) else { return nil }
        if let text = code.string(start) { return text }
        // A call: look inside its parentheses only.
        var index = start
        while index < start + 6, code.word(index) != nil || code.isMark(index, ".") { index += 1 }
        guard code.isMark(index, "("), let end = code.partner(index) else { return nil }
        return (index..<end).reversed().lazy.compactMap { code.string($0) }.first
    }

    /// A number that is written down.
    func number(_ key: String) -> Int? {
        value(after: key).flatMap { code.kind($0) == .number ? Int(code.text($0)) : nil }
    }

    /// - Parameter atTop: Only as a key of the outermost object, not of what a plugin or an environment sets.
    func isFalse(_ key: String, atTop: Bool) -> Bool {
        guard atTop else { return isFalse(key) }
        return (0..<code.count).contains { index in
            guard code.isWord(index, key), code.isMark(index + 1, ":"), code.isWord(index + 2, "false"),
                let open = code.parent(index)
            else { return false }
            let outer = code.parent(open)
            return outer == nil || outer.map { code.isMark($0, "(") && code.parent($0) == nil } == true
        }
    }

    func isFalse(_ key: String) -> Bool { value(after: key).map { code.isWord($0, "false") } ?? false }

    func hasMapping(_ key: String) -> Bool { value(after: key).map { code.isMark($0, "{") } ?? false }

    func mentions(_ word: String) -> Bool { (0..<code.count).contains { code.isWord($0, word) } }
}

// SPDX-License-Identifier: Apache-2.0

/// An enum whose cases are the names of variables and whose methods read them: `getenv($this->value)`.
struct PHPVariableEnum {
    private let open: Int
    private let close: Int

    /// - Parameter index: The word `enum` of an enum that is backed by strings.
    init?(_ code: Code, _ index: Int) {
        guard let open = (index..<min(code.count, index + 24)).first(where: { code.isMark($0, "{") }),
            let close = code.partner(open),
            (open..<close).contains(where: { Self.readsOwnValue(code, $0) })
        else { return nil }
        (self.open, self.close) = (open, close)
    }

    /// `env($this->value)`, `getenv(sprintf('%s_FILE', $this->value))`, `$_ENV[$this->value]`
    private static func readsOwnValue(_ code: Code, _ index: Int) -> Bool {
        guard code.isWord(index, "$this"), code.isMark(index + 1, "->"), code.isWord(index + 3, "value") else {
            return false
        }
        var bracket = code.parent(index)
        for _ in 0..<3 {
            guard let open = bracket else { return false }
            if code.isWord(open - 1, of: ["env", "getenv", "$_ENV", "$_SERVER"]) { return true }
            bracket = code.parent(open)
        }
        return false
    }

    func read(_ code: Code, into file: inout FileReads) {
        let defaults = defaults(code)
        for index in open + 1..<close where code.isWord(index, "case") && code.parent(index) == open {
            guard let name = code.word(index + 1), code.isMark(index + 2, "="), let value = code.string(index + 3)
            else {
                continue
            }
            file.add(value, at: index, default: defaults[name] ?? .nothing)
        }
    }

    /// The arms of the `match` in a method that is named after defaults: `self::PORT, self::BACKUP_PORT => 5432`
    private func defaults(_ code: Code) -> [String: Literal] {
        var result: [String: Literal] = [:]
        guard
            let method = (open..<close).first(where: {
                code.isWord($0, "function") && code.text($0 + 1).lowercased().contains("default")
            }),
            let body = (method..<close).first(where: { code.isMark($0, "{") && code.parent($0) == open }),
            let end = code.partner(body)
        else { return result }
        for arrow in body..<end where code.isMark(arrow, "=>") {
            var stop = arrow + 2
            while stop < end, !(code.isMark(stop, ",") && code.parent(stop) == code.parent(arrow)) {
                if code.partner(stop).map({ $0 < stop }) == true, code.parent(stop) != code.parent(arrow) { break }
                stop = max(stop, code.partner(stop) ?? stop) + 1
            }
            let value = code.literal(arrow + 2..<max(arrow + 2, stop))
            var name = arrow - 1
            while code.kind(name) == .word, code.isMark(name - 2, "::") {
                if result[code.text(name)] == nil { result[code.text(name)] = value }
                guard code.isMark(name - 4, ",") else { break }
                name -= 5
            }
        }
        return result
    }
}

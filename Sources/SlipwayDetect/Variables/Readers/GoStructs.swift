// SPDX-License-Identifier: Apache-2.0

/// Go's struct types within one file.
extension Code {
    /// `var cfg Config`, `cfg := Config{}`, `cfg := &Config{}`, `func load() (cfg Config, err error)`
    func goType(of name: String) -> String? {
        for index in 0..<count where isWord(index, name) {
            if isWord(index - 1, "var"), let type = word(index + (isMark(index + 1, "*") ? 2 : 1)) { return type }
            if isMark(index + 1, ":=") {
                let start = isMark(index + 3, "&") ? index + 4 : index + 3
                if let type = word(start), isMark(start + 1, "{") || isWord(start, "struct") { return type }
                if isWord(start, "new"), let type = word(start + 2) { return type }
            }
            if let open = parent(index), isMark(open, "("), isMark(index - 1, "(") || isMark(index - 1, ","),
                let type = word(index + (isMark(index + 1, "*") ? 2 : 1)), type != "error"
            {
                return type
            }
        }
        return nil
    }

    /// The opening braces of `type Config struct {` by the type, of `cfg := struct {` by the variable; the first of each.
    var goStructs: [String: Int] {
        var structs: [String: Int] = [:]
        for index in 0..<count where isWord(index, "struct") && isMark(index + 1, "{") {
            guard let name = word(index - 1) ?? (isMark(index - 1, ":=") ? word(index - 2) : nil) else { continue }
            structs[name] = structs[name] ?? index + 1
        }
        return structs
    }

    /// The opening brace of the struct that a variable holds.
    func goStruct(of variable: String, among structs: [String: Int]) -> Int? {
        goType(of: variable).flatMap { structs[$0] } ?? structs[variable]
    }
}

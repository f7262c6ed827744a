// SPDX-License-Identifier: Apache-2.0

/// The names that stand for the environment in one file: `const env = process.env`, SvelteKit's modules, loadEnv.
struct JavaScriptAliases {
    private let code: Code
    /// The name, and whether it holds the build's environment.
    private var names: [String: Bool] = [:]

    init(_ code: Code) {
        self.code = code
        for index in 0..<code.count {
            if code.isWord(index, "import"), code.isMark(index + 1, "{") { readImport(index + 1) }
            // const { env } = process
            if code.isWord(index, "process"), code.isMark(index - 1, "="), code.isMark(index - 2, "}"),
                !code.isMark(index + 1, "."), code.isWord(index - 3, "env")
            {
                names["env"] = false
            }
            if code.isWord(index, "loadEnv"), code.isMark(index + 1, "("), let name = target(before: index) {
                names[name] = true
            }
            if let (end, isBuild) = global(at: index), ends(end), let name = target(before: index) {
                names[name] = isBuild
            }
        }
    }

    /// Whether the environment itself, not a member of it, is the value.
    private func ends(_ index: Int) -> Bool {
        if code.isMark(index, ";") || code.isMark(index, ",") || code.kind(index) == nil { return true }
        if code.isWord(index, "as") { return true }
        guard code.tokens.indices.contains(index) else { return true }
        return code.tokens[index].startsLine && !code.isMark(index, ".") && !code.isMark(index, "[")
            && !code.isMark(index, "?")
    }

    /// `const NAME =`, `const NAME: Type =`
    private func target(before index: Int) -> String? {
        var index = index
        // { ...process.env, ...loadEnv(mode, process.cwd()) } and Object.assign keep no name of their own.
        if code.isWord(index - 1, "await") { index -= 1 }
        guard code.isMark(index - 1, "="), !code.isMark(index - 2, "=") else { return nil }
        for back in stride(from: index - 2, to: max(-1, index - 12), by: -1)
        where code.isWord(back, of: ["const", "let", "var"]) {
            return code.word(back + 1)
        }
        return nil
    }

    private mutating func readImport(_ open: Int) {
        guard let close = code.partner(open), code.isWord(close + 1, "from"), let module = code.string(close + 2),
            ["process", "node:process", "$env/dynamic/private", "$env/dynamic/public"].contains(module)
        else { return }
        for range in code.arguments(open) where code.isWord(range.lowerBound, "env") {
            names[code.text(range.upperBound - 1)] = false
        }
    }

    /// Whether the environment stands at a token.
    /// - Returns: The index after it, and whether the build replaces it.
    func object(at index: Int) -> (end: Int, isBuild: Bool)? {
        if let found = global(at: index) { return found }
        guard code.kind(index) == .word, let isBuild = names[code.text(index)], !code.isMember(index),
            !code.isMark(index + 1, ":"),
            code.afterDot(index + 1) != nil || code.isMark(index + 1, "[")
                || (code.isMark(index - 1, "=") && code.isMark(index - 2, "}"))
        else { return nil }
        return (index + 1, isBuild)
    }

    private func global(at index: Int) -> (end: Int, isBuild: Bool)? {
        guard code.kind(index) == .word else { return nil }
        if code.isWord(index, "import") {
            if let end = code.path(index, "import", "meta", "env") { return (cast(end, from: index), true) }
            // (import.meta as any).env
            guard let end = code.path(index, "import", "meta"), case let after = cast(end, from: index), after > end,
                let member = code.afterDot(after), code.isWord(member, "env")
            else { return nil }
            return (member + 1, true)
        }
        let isGlobal = code.isWord(index, "process") || code.isWord(index, "Bun") || code.isWord(index, "Deno")
        guard isGlobal, !code.isMember(index) || code.isWord(index - 2, of: ["globalThis", "global", "window"]) else {
            return nil
        }
        if let next = code.afterDot(index + 1), code.isWord(next, "env") { return (cast(next + 1, from: index), false) }
        if code.isMark(index + 1, "["), code.string(index + 2) == "env", code.isMark(index + 3, "]") {
            return (index + 4, false)
        }
        return nil
    }

    /// Steps over `!` and out of `(process.env as any)`.
    private func cast(_ end: Int, from start: Int) -> Int {
        guard code.isWord(end, "as"), let open = code.parent(start), open == start - 1, let close = code.partner(open),
            close - end < 16
        else { return end }
        return close + 1
    }
}

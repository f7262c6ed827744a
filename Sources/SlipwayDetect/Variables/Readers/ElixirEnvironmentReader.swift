// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `System.get_env` and `System.fetch_env!`.
struct ElixirEnvironmentReader: VariableReader {
    let summary = "Elixir: System.get_env, System.fetch_env, System.fetch_env!"
    let languages: Set<CodeLanguage> = [.elixir]

    func read(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count where code.isWord(index, "System") {
            guard let method = code.afterDot(index + 1), code.isWord(method, of: ["get_env", "fetch_env"]) else {
                continue
            }
            let isStrict = code.isMark(method + 1, "!")
            let open = method + (isStrict ? 2 : 1)
            guard code.isMark(open, "("), let close = code.partner(open) else { continue }
            if close == open + 1 {
                whole(code, index, close, into: &file)
                continue
            }
            guard let name = code.string(open + 1) else {
                if close == open + 2, let wrapper = EnvironmentWrapper(code, name: open + 1, required: isStrict) {
                    file.wrappers.append(wrapper)
                }
                continue
            }
            let arguments = code.arguments(open)
            if arguments.count > 1 {
                file.add(name, at: index, default: code.literal(arguments[1]))
            } else if code.isMark(close + 1, "||") {
                let raises = code.isWord(close + 3, "raise")
                file.add(
                    name, at: index, required: raises, default: raises ? .nothing : code.literal(close + 3..<close + 4))
            } else {
                file.add(
                    name, at: index, required: isStrict || raises(code, index, close),
                    bare: !code.isMark(close + 1, "=="))
            }
        }
        // {:system, "PORT"} is read when the application starts.
        for index in 0..<code.count where code.isWord(index, "system") && code.isMark(index - 1, ":") {
            if code.isMark(index + 1, ","), let name = code.string(index + 2) { file.add(name, at: index) }
        }
    }

    /// `case System.fetch_env("X") do {:ok, value} -> value; :error -> raise "…" end`, `if is_nil(System.get_env("X")), do:
    /// raise`, `unless System.get_env("X"), do: raise`
    private func raises(_ code: Code, _ index: Int, _ close: Int) -> Bool {
        let isAsked = code.isWord(index - 1, "unless") || code.isWord(index - 2, "is_nil")
        if isAsked {
            let line = code.line(index)
            return (close..<min(code.count, close + 30)).contains {
                code.isWord($0, "raise") && code.line($0) <= line + 1
            }
        }
        guard code.isWord(index - 1, "case"), code.isWord(close + 1, "do") else { return false }
        // Without brackets a block ends where a line begins no deeper than `case` does.
        for arrow in close + 2..<min(code.count, close + 60) {
            if code.isWord(arrow, "end") { return false }
            guard code.isMark(arrow, "->"), code.isWord(arrow + 2, "raise") else { continue }
            return code.isWord(arrow - 1, of: ["error", "nil", "_", "_any"])
        }
        return false
    }

    /// `Map.fetch!(System.get_env(), "X")`, `System.get_env()["X"]`
    private func whole(_ code: Code, _ index: Int, _ close: Int, into file: inout FileReads) {
        if code.isMark(close + 1, "["), let name = code.string(close + 2) {
            file.add(name, at: index)
        } else if code.isMark(close + 1, ","), let name = code.string(close + 2), let open = code.parent(index) {
            let isStrict = code.isMark(open - 1, "!")
            file.add(name, at: index, required: isStrict && code.isWord(open - 2, "fetch"), bare: true)
        }
    }
}

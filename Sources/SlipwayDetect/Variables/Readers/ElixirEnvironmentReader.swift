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
                file.add(name, at: index, required: isStrict)
            }
        }
    }
}

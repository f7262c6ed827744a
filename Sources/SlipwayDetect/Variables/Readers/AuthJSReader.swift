// SPDX-License-Identifier: Apache-2.0

/// Auth.js and NextAuth read the secret and the providers' credentials by themselves
/// (authjs.dev/getting-started/deployment, Environment Variable Inference; next-auth.js.org/configuration/options).
struct AuthJSReader: VariableReader {
    let summary = "Auth.js, NextAuth: AUTH_SECRET, AUTH_GITHUB_ID and their kin, where the code gives none"
    let languages: Set<CodeLanguage> = [.javascript]

    private static let modules = [
        "next-auth", "next-auth/next", "@auth/sveltekit", "@auth/express", "@auth/solid-start", "@auth/qwik",
    ]

    func read(_ code: Code, into file: inout FileReads) {
        guard let (function, line) = imported(code),
            let call = (0..<code.count).first(where: { code.isWord($0, function) && code.isMark($0 + 1, "(") })
        else { return }
        // Version 4 exports the handler itself; version 5 exports what the call gives.
        let isOld = !(0..<call).contains { code.isWord($0, of: ["handlers", "handle", "auth", "signIn"]) }
        let inside = call..<(code.partner(call + 1) ?? call)
        if !inside.contains(where: { code.isWord($0, "secret") && code.isMark($0 + 1, ":") }) {
            file.add(isOld ? "NEXTAUTH_SECRET" : "AUTH_SECRET", at: call, required: true)
        }
        if isOld { file.add("NEXTAUTH_URL", at: line) } else { readProviders(code, inside, into: &file) }
    }

    private func imported(_ code: Code) -> (String, Int)? {
        for index in 0..<code.count where code.isWord(index, "from") {
            guard let module = code.string(index + 1), Self.modules.contains(module) else { continue }
            if let name = code.word(index - 1) { return (name, index) }
            guard let open = code.partner(index - 1) else { continue }
            // import NextAuth, { AuthError } from "next-auth"
            if code.isMark(open - 1, ","), let name = code.word(open - 2) { return (name, index) }
            if let name = code.word(open + 1), name.hasSuffix("Auth") { return (name, index) }
        }
        return nil
    }

    /// `providers: [GitHub, Google]`, each imported from `…/providers/github`; a call with arguments speaks for itself.
    private func readProviders(_ code: Code, _ range: Range<Int>, into file: inout FileReads) {
        guard let list = range.first(where: { code.isWord($0, "providers") && code.isMark($0 + 1, ":") }),
            code.isMark(list + 2, "[")
        else { return }
        for item in code.arguments(list + 2) {
            guard let name = code.word(item.lowerBound),
                item.count == 1 || item.count == 3 && code.isMark(item.lowerBound + 1, "("),
                let provider = provider(name, code)
            else { continue }
            for part in ["ID", "SECRET"] { file.add("AUTH_\(provider)_\(part)", at: item.lowerBound, required: true) }
        }
    }

    private func provider(_ name: String, _ code: Code) -> String? {
        for index in 0..<code.count where code.isWord(index, "from") && code.isWord(index - 1, name) {
            guard let module = code.string(index + 1), module.contains("/providers/"),
                let last = module.split(separator: "/").last, last != "credentials"
            else { continue }
            return last.uppercased().replacing("-", with: "_")
        }
        return nil
    }
}

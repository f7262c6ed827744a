// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Modules that are the environment (SvelteKit, Astro) and services that are asked for it (NestJS, AdonisJS).
struct JavaScriptModuleReader: VariableReader {
    let summary =
        "SvelteKit $env/static and $env/dynamic, astro:env, NestJS ConfigService, AdonisJS env, Nuxt runtimeConfig"
    let languages: Set<CodeLanguage> = [.javascript, .markup]

    func read(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count {
            if code.isWord(index, "import"), code.isMark(index + 1, "{") { readImport(code, index + 1, into: &file) }
            if code.isWord(index, of: ["get", "getOrThrow"]),
                code.isMark(index - 1, ".") || code.isMark(index - 1, "?.")
            {
                readService(code, index, into: &file)
            }
            if code.isWord(index, "runtimeConfig"), code.isMark(index + 1, ":"), code.isMark(index + 2, "{"),
                code.path.split(separator: "/").last?.hasPrefix("nuxt.config") == true
            {
                readNuxt(code, index + 2, "NUXT_", into: &file)
            }
        }
        if code.language == .markup { readPlaceholders(code, into: &file) }
    }

    private func readImport(_ code: Code, _ open: Int, into file: inout FileReads) {
        guard let close = code.partner(open), code.isWord(close + 1, "from"), let module = code.string(close + 2) else {
            return
        }
        let isStatic = module == "$env/static/private" || module == "$env/static/public"
        guard isStatic || module == "astro:env/server" || module == "astro:env/client" else { return }
        for range in code.arguments(open) {
            guard let name = code.word(range.lowerBound), EnvironmentName.isScreaming(name) else { continue }
            let phase: Variable.Phase = isStatic || module == "astro:env/client" ? .build : .run
            file.add(name, at: range.lowerBound, required: isStatic, phase: phase)
        }
    }

    private func readService(_ code: Code, _ method: Int, into file: inout FileReads) {
        var open = method + 1
        if code.isMark(open, "<") {
            guard
                let end = (open..<min(code.count, open + 14)).first(where: {
                    code.isMark($0, ">") && code.isMark($0 + 1, "(")
                })
            else { return }
            open = end + 1
        }
        guard code.isMark(open, "("), let receiver = receiver(code, method)?.lowercased(),
            receiver.hasSuffix("config") || receiver.hasSuffix("configservice") || receiver == "env",
            let close = code.partner(open)
        else { return }
        let arguments = code.arguments(open)
        let suffix = JavaScriptSuffix(code, after: close + 1, from: open)
        if code.kind(open + 1) == .word, arguments.first?.count == 1 {
            // A method around the service: `private get(key: string) { return this.configService.get(key) }`
            let fails =
                code.isWord(method, "getOrThrow") || suffix.required || JavaScriptGuards.throwsLater(code, close)
            if let wrapper = EnvironmentWrapper(code, name: open + 1, required: fails && suffix.fallback == nil) {
                file.wrappers.append(wrapper)
            }
            return
        }
        guard let name = code.string(open + 1), EnvironmentName.isScreaming(name) else { return }
        let chain = chain(code, close)
        let given =
            chain.fallback
            ?? (arguments.count > 1 && !code.isMark(arguments[1].lowerBound, "{") ? code.literal(arguments[1]) : nil)
        file.add(
            name, at: method,
            required: code.isWord(method, "getOrThrow") || ((suffix.required || chain.isRequired) && given == nil),
            default: given ?? suffix.fallback ?? .nothing, kind: suffix.kind,
            bare: given == nil && suffix.fallback == nil && !isTested(code, method, close))
    }

    /// env-var's `env.get("X").required().asString()`, `.default("y")`
    private func chain(_ code: Code, _ close: Int) -> (isRequired: Bool, fallback: Literal?) {
        var index = close + 1
        var isRequired = false
        while code.isMark(index, "."), let method = code.word(index + 1), code.isMark(index + 2, "("),
            let end = code.partner(index + 2)
        {
            if method == "required", !code.isWord(index + 3, "false") { isRequired = true }
            if method == "default" { return (false, code.literal(index + 3..<end)) }
            index = end + 1
        }
        return (isRequired, nil)
    }

    /// `if (config.get("X"))`, `config.get("X") ?`, `config.get("X") &&`, `=== "true"`
    private func isTested(_ code: Code, _ method: Int, _ close: Int) -> Bool {
        if ["?", "&&", "||", "==", "!="].contains(where: { code.isMark(close + 1, $0) }) { return true }
        guard let open = code.parent(method), code.isMark(open, "(") else { return false }
        return code.isWord(open - 1, of: ["if", "while", "Boolean"])
    }

    private func receiver(_ code: Code, _ method: Int) -> String? {
        let before = code.isMark(method - 2, "?") || code.isMark(method - 2, "!") ? method - 3 : method - 2
        if let word = code.word(before) { return word }
        // app.get(ConfigService).get("X")
        if code.isMark(before, ")"), let open = code.partner(before) { return code.word(open + 1) }
        return nil
    }

    /// NUXT_API_SECRET overrides runtimeConfig.apiSecret: https://nuxt.com/docs/guide/going-further/runtime-config
    private func readNuxt(_ code: Code, _ open: Int, _ prefix: String, into file: inout FileReads) {
        for range in code.arguments(open) {
            guard let name = code.word(range.lowerBound), code.isMark(range.lowerBound + 1, ":") else { continue }
            let value = range.lowerBound + 2
            let key = prefix + EnvironmentName.screaming(name)
            if code.isMark(value, "{") {
                if prefix.utf8.count < 60 { readNuxt(code, value, key + "_", into: &file) }
            } else if case let literal = code.literal(value..<range.upperBound), literal != .computed {
                file.add(key, at: range.lowerBound, default: literal)
            }
        }
    }

    /// `%VITE_TITLE%` in index.html: https://vite.dev/guide/env-and-mode#html-constant-replacement
    private func readPlaceholders(_ code: Code, into file: inout FileReads) {
        guard code.path.hasSuffix(".html") else { return }
        var line = 1
        var open: Int?
        for (index, byte) in code.bytes.enumerated() {
            if byte == Byte.newline { line += 1 }
            if byte == Byte.percent {
                if let start = open, start < index {
                    let name = String(decoding: code.bytes[start..<index], as: UTF8.self)
                    if EnvironmentName.isBaked(name) { file.add(name, line: line, phase: .build) }
                }
                open = index + 1
            } else if !Byte.isNamePart(byte) {
                open = nil
            }
        }
    }
}

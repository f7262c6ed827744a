// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `process.env`, `import.meta.env`, `Bun.env`, `Deno.env`, and the names that stand for them in a file.
struct JavaScriptEnvironmentReader: VariableReader {
    let summary =
        "JavaScript, TypeScript: process.env, import.meta.env, Bun.env, Deno.env, aliases, destructuring, loadEnv"
    let languages: Set<CodeLanguage> = [.javascript, .markup]

    func read(_ code: Code, into file: inout FileReads) {
        let aliases = JavaScriptAliases(code)
        let guards = JavaScriptGuards(code)
        var locals = JavaScriptLocals(code)
        var members: [String: String] = [:]
        var guarded: Set<Int> = []
        // Said to be there by a cast alone.
        var cast: Set<Int> = []
        let blocks = JavaScriptConditions(code, aliases)
        var optional: Set<String> = []
        var index = 0
        while index < code.count {
            guard let (end, isBuild) = aliases.object(at: index) else {
                index += 1
                continue
            }
            let before = file.reads.count
            access(code, from: index, end: end, isBuild: isBuild, into: &file)
            if file.reads.count == before + 1 {
                locals.note(&file, at: before, from: index, end: end)
                if guards.covers(index) { guarded.insert(before) }
                if JavaScriptPlaces.isCast(code, end) { cast.insert(before) }
                if code.isMark(index - 1, ":"), let key = code.word(index - 2) {
                    members[key] = file.reads[before].name
                }
            } else if code.isMark(index - 1, "=") {
                // const { A, B } = process.env
                for read in file.reads[before...] where locals.bindings[read.name] == nil {
                    locals.bindings[read.name] = read.name
                }
            }
            if blocks.contains(index) {
                for position in before..<file.reads.count where file.reads[position].required {
                    optional.insert("\(file.reads[position].line):\(file.reads[position].name)")
                }
                for read in file.reads[before...] { file.inserted.remove(read.name) }
                file.relax(from: before)
            }
            index = end
        }
        let bindings = locals.bindings
        // `const KEY = import.meta.env.VITE_KEY as string` is no promise where the file asks for it afterwards.
        let asked = Set(bindings.filter { !guards.names.contains($0.key) && isTested(code, $0.key) }.values)
        for position in cast where asked.contains(file.reads[position].name) { file.relax(at: position) }
        let required = Set(
            guards.names.compactMap { bindings[$0] } + guards.members.compactMap { members[$0] })
        let lines = Set(guarded.map { file.reads[$0].line })
        file.require { read in
            (required.contains(read.name) || lines.contains(read.line)) && read.kind != .boolean
                && !optional.contains("\(read.line):\(read.name)")
        }
        let inserted = file.inserted.subtracting(file.tested)
        file.require { inserted.contains($0.name) && !optional.contains("\($0.line):\($0.name)") }
        file.test(Set(bindings.filter { isTested(code, $0.key) }.values))
        locals.finish(&file)
    }

    /// Whether some condition looks at a local name.
    private func isTested(_ code: Code, _ name: String) -> Bool {
        (0..<code.count).contains { index in
            code.isWord(index, name) && !code.isMember(index) && JavaScriptPlaces.isCondition(code, index, index + 1)
        }
    }

    private func access(_ code: Code, from start: Int, end: Int, isBuild: Bool, into file: inout FileReads) {
        if code.isWord(start, "Deno")
            || code.isWord(end, "get") && code.isMark(end + 1, "(") && isBuild == false
                && code.path(start, "Deno", "env") != nil
        {
            deno(code, end, into: &file)
            return
        }
        if code.isWord(start - 1, "in"), let name = code.string(start - 2) {
            file.add(name, at: start - 2, phase: phase(name, code, isBuild))
            return
        }
        // const { A, B = "x" } = process.env
        if code.isMark(start - 1, "="), code.isMark(start - 2, "}"), let open = code.partner(start - 2),
            !code.isMark(end, "."), !code.isMark(end, "[")
        {
            destructure(code, open, isBuild, into: &file)
            return
        }
        var name: String?
        var after = end
        if let member = code.afterDot(end), let word = code.word(member), !code.isMark(end, "::") {
            name = word
            after = member + 1
        } else {
            var bracket = end
            if let member = code.afterDot(end), code.isMark(member, "[") { bracket = member }
            if code.isMark(bracket, "!"), code.isMark(bracket + 1, "[") { bracket += 1 }
            guard code.isMark(bracket, "["), let close = code.partner(bracket) else { return }
            if close == bracket + 2, let text = code.name(bracket + 1) {
                name = text
                after = close + 1
            } else if close == bracket + 2 || code.isWord(bracket + 2, "as"), code.kind(bracket + 1) == .word {
                let suffix = JavaScriptSuffix(code, after: close + 1, from: start)
                let throwsWhenMissing = suffix.required || JavaScriptGuards.throwsLater(code, close)
                // A comparison is no default.
                let required = throwsWhenMissing && (suffix.fallback ?? .nothing) == .nothing
                if let wrapper = EnvironmentWrapper(code, name: bracket + 1, required: required) {
                    file.wrappers.append(wrapper)
                }
                return
            }
        }
        guard let name, isVariable(name, code, isBuild, after) else { return }
        if code.isMark(after, "="), !code.isMark(after, "=="), !code.isMark(after, "=>") {
            file.assign(name, line: code.line(start))
            return
        }
        if code.isWord(start - 1, "delete") { return }
        let suffix = JavaScriptSuffix(code, after: after, from: start)
        if JavaScriptPlaces.isInserted(code, start, after) || JavaScriptPlaces.isCalledAtLoad(code, start, after) {
            file.inserted.insert(name)
        }
        if JavaScriptPlaces.isCondition(code, start, after) { file.tested.insert(name) }
        file.add(
            name, at: after - 1, required: suffix.required,
            default: suffix.fallback ?? .nothing, kind: suffix.kind,
            phase: phase(name, code, isBuild),
            bare: suffix.fallback == nil && !JavaScriptPlaces.isCondition(code, start, after))
    }

    private func isVariable(_ name: String, _ code: Code, _ isBuild: Bool, _ after: Int) -> Bool {
        if isBuild, PlatformVariables.vite.contains(name) { return false }
        return !code.isMark(after, "(")
    }

    private func deno(_ code: Code, _ end: Int, into file: inout FileReads) {
        guard let member = code.afterDot(end), code.isWord(member, of: ["get", "has"]), code.isMark(member + 1, "("),
            let close = code.partner(member + 1)
        else { return }
        guard let name = code.name(member + 2) else {
            if close == member + 3, let wrapper = EnvironmentWrapper(code, name: member + 2, required: false) {
                file.wrappers.append(wrapper)
            }
            return
        }
        let suffix = JavaScriptSuffix(code, after: close + 1, from: end)
        file.add(
            name, at: member, required: suffix.required, default: suffix.fallback ?? .nothing, kind: suffix.kind,
            bare: suffix.fallback == nil && !JavaScriptPlaces.isCondition(code, end, close + 1))
    }

    private func destructure(_ code: Code, _ open: Int, _ isBuild: Bool, into file: inout FileReads) {
        for range in code.arguments(open) {
            guard let name = code.word(range.lowerBound) ?? code.string(range.lowerBound),
                !code.isMark(range.lowerBound, ".")
            else { continue }
            let equals = range.first { code.isMark($0, "=") }
            let value = equals.map { code.literal($0 + 1..<range.upperBound) } ?? .nothing
            file.add(name, at: range.lowerBound, default: value, phase: phase(name, code, isBuild), bare: equals == nil)
        }
    }

    private func phase(_ name: String, _ code: Code, _ isBuild: Bool) -> Variable.Phase {
        JavaScriptPhase.of(name, in: code.path, isBuildObject: isBuild)
    }
}

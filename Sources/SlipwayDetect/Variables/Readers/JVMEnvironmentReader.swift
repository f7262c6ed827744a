// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `System.getenv` in Java and Kotlin, Spring's placeholders in annotations, properties and YAML.
struct JVMEnvironmentReader: VariableReader {
    let summary =
        "Java, Kotlin: System.getenv, @Value(\"${X:y}\"), getProperty, dotenv; application.properties, .yml, .conf"
    let languages: Set<CodeLanguage> = [.jvm, .properties, .yaml]

    func read(_ code: Code, into file: inout FileReads) {
        switch code.language {
        case .jvm: calls(code, into: &file)
        default:
            let name = code.path.split(separator: "/").last ?? ""
            let isConfiguration =
                name.hasPrefix("application") || name.hasPrefix("bootstrap") || name.hasPrefix("log4j")
            if isConfiguration { placeholders(code.bytes, line: 1, into: &file) }
        }
    }

    private func calls(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count {
            if code.kind(index) == .string, let open = code.parent(index),
                code.isWord(open - 1, of: ["Value", "Scheduled", "FeignClient"]),
                code.isMark(open - 2, "@")
            {
                placeholders(Array(code.text(index).utf8), line: code.line(index), into: &file)
                if code.isWord(open - 1, "Value") { property(code.text(index), line: code.line(index), into: &file) }
            }
            // Kotlin: dotenv["X"]
            if code.isWord(index, of: ["dotenv", "env"]), code.isMark(index + 1, "["), !code.isMark(index - 1, "@") {
                variable(code, index, index + 1, into: &file)
                continue
            }
            guard code.isWord(index, of: ["getenv", "getProperty", "get", "getOrDefault", "dotenv"]) else { continue }
            var open = index + 1
            if code.isWord(index, "getenv") {
                guard code.isMark(open, "("), let close = code.partner(open) else { continue }
                if close == open + 1 {
                    // System.getenv().get("X"), System.getenv()["X"]
                    if code.isMark(close + 1, "[") {
                        open = close + 1
                    } else if let member = code.afterDot(close + 1),
                        code.isWord(member, of: ["get", "getOrDefault", "containsKey"])
                    {
                        open = member + 1
                    } else {
                        continue
                    }
                }
            } else {
                guard let receiver = code.word(index - 2)?.lowercased(), code.isMark(index - 1, "."),
                    receiver.hasSuffix("env") || receiver == "environment"
                else { continue }
            }
            variable(code, index, open, into: &file)
        }
    }

    private func variable(_ code: Code, _ index: Int, _ open: Int, into file: inout FileReads) {
        guard code.isMark(open, "(") || code.isMark(open, "["), let close = code.partner(open) else { return }
        guard let name = code.name(open + 1) else {
            let fails = code.isMark(close + 1, "?:") && code.isWord(close + 3, of: ["throw", "error"])
            if close == open + 2, let wrapper = EnvironmentWrapper(code, name: open + 1, required: fails) {
                file.wrappers.append(wrapper)
            }
            return
        }
        guard EnvironmentName.isScreaming(name) || code.isWord(index, "getenv") else { return }
        let arguments = code.arguments(open)
        if arguments.count > 1 { return file.add(name, at: index, default: code.literal(arguments[1])) }
        if code.isMark(close + 1, "?:") {
            let fails = code.isWord(close + 3, of: ["throw", "error"])
            return file.add(
                name, at: index, required: fails, default: fails ? .nothing : code.literal(close + 3..<close + 4))
        }
        let outer = code.parent(index).flatMap { code.word($0 - 1) }
        file.add(
            name, at: index,
            required: code.isMark(close + 1, "!!") || outer == "requireNonNull" || outer == "requireNotNull"
                || throwsLater(code, index, close),
            bare: !code.isMark(close + 1, "==") && !code.isMark(close + 1, "!="))
    }

    /// `Optional.ofNullable(System.getenv("X")).orElseThrow()`, `String key = System.getenv("X"); if (key == null) throw …`
    private func throwsLater(_ code: Code, _ index: Int, _ close: Int) -> Bool {
        if let open = code.parent(index), code.isWord(open - 1, "ofNullable"), let end = code.partner(open) {
            return (end + 1..<min(code.count, end + 24)).prefix { !code.isMark($0, ";") }
                .contains { code.isWord($0, "orElseThrow") }
        }
        let start = code.isWord(index - 2, "System") ? index - 2 : index
        guard code.isMark(start - 1, "="), let name = code.word(start - 2) else { return false }
        for token in close..<min(code.count, close + 80) where code.isWord(token, name) {
            guard let open = code.parent(token), code.isMark(open, "("), let end = code.partner(open) else { continue }
            if code.isWord(open - 1, of: ["requireNonNull", "notNull", "hasText"]) { return true }
            let isAsked =
                code.isMark(token + 1, "==") || code.isMark(token + 1, ".") && code.isWord(token + 2, "isNullOrBlank")
            guard isAsked, code.isWord(open - 1, "if") else { continue }
            let last = code.isMark(end + 1, "{") ? code.partner(end + 1) ?? end + 2 : end + 2
            return (end + 1..<min(last, end + 40)).contains { code.isWord($0, of: ["throw", "exit", "error"]) }
        }
        return false
    }

    /// `@Value("${mail.api-key}")`, `@Value("${mail.sender:a@b.c}")`
    private func property(_ text: String, line: Int, into file: inout FileReads) {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return }
        let parts = text.dropFirst(2).dropLast().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = parts.first.map(String.init), key.contains("."),
            key.utf8.allSatisfy({ Byte.isNamePart($0) || $0 == Byte.dash || $0 == UInt8(ascii: ".") })
        else { return }
        let value: Literal =
            parts.count < 2 ? .nothing : parts[1].contains("${") ? .computed : .text(String(parts[1]), nil)
        file.keys.append(SettingKeyRead(style: .spring, key: key, line: line, fallback: value))
    }

    /// `${NAME}`, `${NAME:default}`, `${?NAME}`; names in lower case are other properties.
    private func placeholders(_ bytes: [UInt8], line first: Int, into file: inout FileReads) {
        var line = first
        var index = 0
        var isComment = false
        while index + 1 < bytes.count {
            if bytes[index] == Byte.newline {
                line += 1
                isComment = false
            }
            if bytes[index] == Byte.hash,
                index == 0 || bytes[index - 1] == Byte.newline || bytes[index - 1] == Byte.space
            {
                isComment = true
            }
            guard !isComment, bytes[index] == Byte.dollar, bytes[index + 1] == Byte.openBrace else {
                index += 1
                continue
            }
            var start = index + 2
            let isOptional = start < bytes.count && bytes[start] == Byte.question
            if isOptional { start += 1 }
            var end = start
            while end < bytes.count, Byte.isNamePart(bytes[end]) { end += 1 }
            index = end
            guard end < bytes.count else { return }
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            guard EnvironmentName.isScreaming(name) else { continue }
            if bytes[end] == Byte.closeBrace {
                file.add(name, line: line, required: !isOptional)
            } else if bytes[end] == Byte.colon {
                var close = end + 1
                var depth = 0
                while close < bytes.count, bytes[close] != Byte.newline, depth > 0 || bytes[close] != Byte.closeBrace {
                    if bytes[close] == Byte.openBrace { depth += 1 }
                    if bytes[close] == Byte.closeBrace { depth -= 1 }
                    close += 1
                }
                let value = String(decoding: bytes[(end + 1)..<close], as: UTF8.self)
                file.add(name, line: line, default: value.contains("${") ? .computed : .text(value, nil))
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Struct tags of caarlos0/env, kelseyhightower/envconfig, sethvargo/go-envconfig, cleanenv, kong, mapstructure.
struct GoTagReader: VariableReader {
    let summary =
        "Go struct tags: env, envconfig, envDefault, env-default, default, required, envPrefix, env-namespace, mapstructure"
    let languages: Set<CodeLanguage> = [.go]

    func read(_ code: Code, into file: inout FileReads) {
        let prefix = processPrefix(code)
        var groups = GoTagGroups(code)
        for index in 0..<code.count {
            guard code.kind(index) == .string, code.kind(index - 1) != nil, let tag = code.string(index),
                tag.contains(":\""),
                !code.tokens[index].startsLine
            else { continue }
            read(code, index, Self.tags(tag), prefix, groups.prefixes(around: index), into: &file)
        }
    }

    /// `envconfig.Process("app", &c)`
    private func processPrefix(_ code: Code) -> String {
        for index in 0..<code.count where code.isWord(index, of: ["Process", "MustProcess"]) {
            if code.isWord(index - 2, "envconfig"), let prefix = code.string(index + 2), !prefix.isEmpty {
                return prefix.uppercased() + "_"
            }
        }
        return ""
    }

    private func read(
        _ code: Code, _ index: Int, _ tags: [String: String], _ prefix: String, _ groups: [String],
        into file: inout FileReads
    ) {
        let tag =
            tags["env"] ?? tags["envconfig"]
            ?? tags["mapstructure"].flatMap { EnvironmentName.isScreaming($0) ? $0 : nil }
        guard let tag else { return }
        let parts = tag.split(separator: ",", omittingEmptySubsequences: false).map { $0.drop(while: { $0 == " " }) }
        guard let first = parts.first, !first.isEmpty, first != "-" else { return }
        let options = parts.dropFirst()
        let inline = options.first { $0.hasPrefix("default=") }.map { String($0.dropFirst("default=".count)) }
        let fallback = tags["envDefault"] ?? tags["env-default"] ?? tags["default"] ?? inline
        let isRequired =
            options.contains("required") || options.contains("notEmpty") || tags["required"] == "true"
            || tags["env-required"] == "true" || tags["validate"]?.hasPrefix("required") == true
        let isList = code.isMark(index - 2, "]")
        for name in first.split(separator: "|") {
            for group in groups {
                file.add(
                    (tags["envconfig"] != nil ? prefix : "") + group + name, at: index,
                    required: isRequired && fallback == nil, default: fallback.map { .text($0, nil) } ?? .nothing,
                    kind: isList ? .list : kind(code.text(index - 1)))
            }
        }
    }

    private func kind(_ type: String) -> Variable.Kind? {
        switch type {
        case "int", "int8", "int16", "int32", "int64", "uint", "uint16", "uint32", "uint64": .integer
        case "float32", "float64": .number
        case "bool": .boolean
        case "Duration": .duration
        case "URL": .url
        default: nil
        }
    }

    /// `key:"value" key2:"value2"`
    static func tags(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            let key = parts[index].drop(while: { $0 == " " })
            guard key.last == ":" else { continue }
            result[String(key.dropLast())] = String(parts[index + 1])
        }
        return result
    }
}

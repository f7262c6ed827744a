// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// viper's names in one file: https://github.com/spf13/viper#working-with-environment-variables
struct GoViper {
    private static let getters: Set<String> = [
        "Get", "GetString", "GetInt", "GetBool", "GetDuration", "GetInt64", "GetFloat64", "GetStringSlice", "GetUint",
    ]

    /// Deeper nesting than settings have; ends types that hold themselves.
    private static let deepest = 6

    private var prefix = ""
    private var isAutomatic = false
    /// `server.port` is asked for as SERVER_PORT.
    private var replacesDots = false
    /// The structures that the settings are put into.
    private var targets: [String] = []
    private var defaults: [String: Literal] = [:]

    init(_ code: Code) {
        for index in 0..<code.count where code.kind(index) == .word && code.isMark(index + 1, "(") {
            if code.isWord(index, "SetEnvPrefix"), let text = code.string(index + 2), !text.isEmpty {
                prefix = text.uppercased() + "_"
            }
            if code.isWord(index, "AutomaticEnv") { isAutomatic = true }
            if code.isWord(index, "SetEnvKeyReplacer") { replacesDots = true }
            if code.isWord(index, of: ["Unmarshal", "UnmarshalExact"]), code.isMark(index - 1, "."),
                let last = code.arguments(index + 1).first?.last, let name = code.word(last)
            {
                targets.append(name)
            }
            if code.isWord(index, "SetDefault"), let key = code.string(index + 2),
                let value = code.arguments(index + 1).last
            {
                defaults[key] = code.literal(value)
            }
        }
    }

    /// Adds the fields of the structures that viper fills: without a replacer those of the first level only.
    func readStructs(_ code: Code, into file: inout FileReads) {
        guard isAutomatic, !targets.isEmpty else { return }
        let structs = code.goStructs
        for target in targets {
            guard let open = code.goStruct(of: target, among: structs) else { continue }
            fields(code, open, structs, [], into: &file)
        }
    }

    private func fields(
        _ code: Code, _ open: Int, _ structs: [String: Int], _ path: [String], into file: inout FileReads
    ) {
        guard let close = code.partner(open), path.count < Self.deepest else { return }
        var index = open + 1
        while index < close {
            let line = code.line(index)
            var end = index + 1
            while end < close, code.line(end) == line { end = max(end, code.partner(end) ?? end) + 1 }
            // The tag of a structure that is written out stands behind its closing brace.
            if code.string(end) != nil, code.line(end) == code.line(end - 1) { end += 1 }
            defer { index = end }
            guard let field = code.word(index), let tag = code.string(end - 1).flatMap(Self.tag) else { continue }
            let isSquashed = tag.contains(",squash")
            let name = tag.split(separator: ",").first.map(String.init) ?? field.lowercased()
            let inner = isSquashed ? path : path + [name]
            let type = code.isMark(index + 1, "*") ? index + 2 : index + 1
            if let body = code.isMark(type + 1, "{") ? type + 1 : code.word(type).flatMap({ structs[$0] }) {
                if replacesDots || isSquashed { fields(code, body, structs, inner, into: &file) }
            } else if name != "-", !isSquashed {
                let key = inner.joined(separator: ".")
                file.add(prefix + EnvironmentName.screaming(key), at: index, default: defaults[key] ?? .nothing)
            }
        }
    }

    /// The value of `mapstructure:"…"` in a struct tag.
    private static func tag(_ text: String) -> String? {
        guard let start = text.firstRange(of: "mapstructure:\"") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }

    /// Adds what one call on viper reads.
    func read(_ code: Code, _ index: Int, into file: inout FileReads) {
        if code.isWord(index, of: ["BindEnv", "MustBindEnv"]), let key = code.string(index + 2) {
            let names = code.arguments(index + 1).dropFirst().compactMap { code.string($0.lowerBound) }
            let bound = names.isEmpty ? [prefix + EnvironmentName.screaming(key)] : names
            for name in bound { file.add(name, at: index, default: defaults[key] ?? .nothing) }
            return
        }
        guard isAutomatic, let key = code.string(index + 2) else { return }
        if code.isWord(index, "SetDefault")
            || (code.isWord(index, in: Self.getters) && code.isWord(index - 2, of: ["viper", "v", "vp"]))
        {
            file.add(prefix + EnvironmentName.screaming(key), at: index, default: defaults[key] ?? .nothing)
        }
    }
}

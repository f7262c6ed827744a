// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// viper's names in one file: https://github.com/spf13/viper#working-with-environment-variables
struct GoViper {
    private static let getters: Set<String> = [
        "Get", "GetString", "GetInt", "GetBool", "GetDuration", "GetInt64", "GetFloat64", "GetStringSlice", "GetUint",
    ]

    private var prefix = ""
    private var isAutomatic = false
    /// `server.port` is asked for as SERVER_PORT.
    private var replacesDots = false
    /// The structures that the settings are put into.
    private var targets: [String] = []
    private var defaults: [String: Literal] = [:]
    /// Options of the command line with their defaults, in order.
    private var flags: [(name: String, fallback: Literal, index: Int)] = []
    private var bindsAllFlags = false

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
            if code.isWord(index, "BindPFlags") { bindsAllFlags = true }
            if let flag = Self.flag(code, index) { flags.append(flag) }
            if code.isWord(index, "SetDefault"), let key = code.string(index + 2),
                let value = code.arguments(index + 1).last
            {
                defaults[key] = code.literal(value)
            }
        }
    }

    private static let flagTypes = [
        "String", "Int", "Int64", "Uint", "Uint16", "Bool", "Duration", "Float64", "StringSlice", "StringArray",
    ]

    /// `cmd.Flags().String("port", "8080", …)`, `…IntVarP(&port, "port", "p", 8080, …)` of pflag
    /// (pkg.go.dev/github.com/spf13/pflag).
    private static func flag(_ code: Code, _ index: Int) -> (name: String, fallback: Literal, index: Int)? {
        guard code.isMark(index - 1, "."), code.isMark(index - 2, ")"),
            code.isWord(index - 4, of: ["Flags", "PersistentFlags"])
        else { return nil }
        var method = code.text(index)
        let isShort = method.hasSuffix("P")
        if isShort { method.removeLast() }
        let isVariable = method.hasSuffix("Var")
        if isVariable { method.removeLast(3) }
        let arguments = code.arguments(index + 1)
        let place = isVariable ? 1 : 0
        let value = place + (isShort ? 2 : 1)
        guard flagTypes.contains(method), value < arguments.count, let name = code.string(arguments[place].lowerBound)
        else { return nil }
        let fallback = code.literal(arguments[value])
        return (name, fallback.text == "" ? .nothing : fallback, index)
    }

    /// Adds the options of the command line that viper takes from the environment: `viper.BindPFlag("port", …)` binds
    /// one, `viper.BindPFlags(…)` all.
    func readFlags(_ code: Code, into file: inout FileReads) {
        guard isAutomatic else { return }
        for index in 0..<code.count where code.isWord(index, "BindPFlag") && code.isMark(index + 1, "(") {
            guard let key = code.string(index + 2), canBeNamed(key) else { continue }
            let flag = code.partner(index + 1).flatMap { end in
                flags.first { flag in (index..<end).contains { code.string($0) == flag.name && $0 > index + 2 } }
            }
            add(key, flag?.fallback ?? .nothing, index, into: &file)
        }
        guard bindsAllFlags else { return }
        for flag in flags where canBeNamed(flag.name) { add(flag.name, flag.fallback, flag.index, into: &file) }
    }

    private func add(_ key: String, _ fallback: Literal, _ index: Int, into file: inout FileReads) {
        file.add(prefix + EnvironmentName.screaming(key), at: index, default: defaults[key] ?? fallback)
    }

    /// Without a replacer `log-level` is asked for as LOG-LEVEL, which no shell can set.
    private func canBeNamed(_ key: String) -> Bool {
        replacesDots || !key.utf8.contains(Byte.dash) && !key.utf8.contains(Byte.dot)
    }

    /// Adds the fields of the structures that viper fills: without a replacer those of the first level only.
    func readStructs(_ code: Code, into file: inout FileReads) {
        guard isAutomatic, !targets.isEmpty else { return }
        let structs = code.goStructs
        let fields = GoSettingsFields(
            tag: "mapstructure", prefix: prefix, separator: replacesDots ? "_" : nil, defaults)
        for target in targets {
            guard let open = code.goStruct(of: target, among: structs) else { continue }
            fields.read(code, open, structs, into: &file)
        }
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

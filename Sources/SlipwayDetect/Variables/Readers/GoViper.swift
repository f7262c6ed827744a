// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// viper's names in one file: https://github.com/spf13/viper#working-with-environment-variables
struct GoViper {
    private static let getters: Set<String> = [
        "Get", "GetString", "GetInt", "GetBool", "GetDuration", "GetInt64", "GetFloat64", "GetStringSlice", "GetUint",
    ]

    private var prefix = ""
    private var isAutomatic = false
    private var defaults: [String: Literal] = [:]

    init(_ code: Code) {
        for index in 0..<code.count where code.kind(index) == .word && code.isMark(index + 1, "(") {
            if code.isWord(index, "SetEnvPrefix"), let text = code.string(index + 2), !text.isEmpty {
                prefix = text.uppercased() + "_"
            }
            if code.isWord(index, "AutomaticEnv") { isAutomatic = true }
            if code.isWord(index, "SetDefault"), let key = code.string(index + 2),
                let value = code.arguments(index + 1).last
            {
                defaults[key] = code.literal(value)
            }
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

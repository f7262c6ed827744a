// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// kelseyhightower/envconfig on fields without a tag of their own: `envconfig.Process("shop", &c)` reads
/// `DatabaseURL` from SHOP_DATABASEURL, or from SHOP_DATABASE_URL with `split_words`.
struct GoEnvconfigReader: VariableReader {
    let summary = "Go: envconfig.Process with names made of the prefix and the fields, split_words"
    let languages: Set<CodeLanguage> = [.go]

    private static let deepest = 6

    func read(_ code: Code, into file: inout FileReads) {
        let calls = (0..<code.count).filter {
            code.isWord($0, of: ["Process", "MustProcess"]) && code.isWord($0 - 2, "envconfig")
                && code.isMark($0 + 1, "(")
        }
        guard !calls.isEmpty else { return }
        let structs = code.goStructs
        for index in calls {
            let arguments = code.arguments(index + 1)
            guard arguments.count == 2, let variable = arguments[1].last.flatMap({ code.word($0) }),
                let body = code.goStruct(of: variable, among: structs)
            else { continue }
            let prefix = code.goText(arguments[0].lowerBound) ?? ""
            fields(code, body, structs, prefix.isEmpty ? "" : prefix.uppercased() + "_", depth: 0, into: &file)
        }
    }

    private func fields(
        _ code: Code, _ open: Int, _ structs: [String: Int], _ prefix: String, depth: Int, into file: inout FileReads
    ) {
        guard depth < Self.deepest, let close = code.partner(open) else { return }
        var index = open + 1
        while index < close {
            let line = code.line(index)
            var end = index + 1
            while end < close, code.line(end) == line { end = max(end, code.partner(end) ?? end) + 1 }
            defer { index = end }
            guard let field = code.word(index) else { continue }
            let tags = code.string(end - 1).map(GoTagReader.tags) ?? [:]
            guard tags["envconfig"] == nil, tags["ignored"] != "true" else { continue }
            let name = tags["split_words"] == "true" ? GoFieldName.screaming(field) : field.uppercased()
            if end == index + 1 {
                // An embedded struct gives its fields as if they stood here.
                if let inner = structs[field] { fields(code, inner, structs, prefix, depth: depth + 1, into: &file) }
            } else if code.isWord(index + 1, "struct"), code.isMark(index + 2, "{") {
                fields(code, index + 2, structs, prefix + name + "_", depth: depth + 1, into: &file)
            } else if let type = code.word(index + 1), let inner = structs[type] {
                fields(code, inner, structs, prefix + name + "_", depth: depth + 1, into: &file)
            } else {
                let fallback = tags["default"]
                file.add(
                    prefix + name, at: index, required: tags["required"] == "true" && fallback == nil,
                    default: fallback.map { .text($0, nil) } ?? .nothing)
            }
        }
    }
}

extension Code {
    /// The text at a token, or that which a constant or variable of the file is set to.
    func goText(_ index: Int) -> String? {
        if let text = string(index) { return text }
        guard let name = word(index) else { return nil }
        return (0..<count).lazy.filter { isWord($0, name) && isMark($0 + 1, "=") }.compactMap { string($0 + 2) }.first
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Variables of an ENV that refer to others of the same ENV.
enum OwnVariables {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var known: Set<String> = []
        return file.reading.steps.compactMap { step in
            if step.keyword == "ARG" { known.formUnion(step.instruction.pairs.map(\.name)) }
            guard step.keyword == "ENV" else { return nil }
            let pairs = step.instruction.pairs
            defer { known.formUnion(pairs.map(\.name)) }
            let names = Set(pairs.map(\.name)).subtracting(known)
            let used = pairs.indices.first { index in
                let others = names.filter { name in pairs.indices.contains { $0 != index && pairs[$0].name == name } }
                return others.contains { Self.text(pairs[index].value ?? "", uses: $0) }
            }
            return used.map {
                Violation(
                    line: step.line,
                    "\(pairs[$0].name) uses what the same ENV sets; write it in an ENV after this one")
            }
        }
    }

    /// Names of `$NAME` and `${NAME...}` in a text, in order.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = text.utf8[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[rest.index(after: dollar)...]
            if rest.first == UInt8(ascii: "{") { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isNameByte }
            if let first = name.first, !first.isDigit { names.append(String(decoding: name, as: UTF8.self)) }
            rest = rest[name.endIndex...]
        }
        return names
    }

    /// Whether the text holds `$NAME` or `${NAME...}`, not escaped.
    static func text(_ text: String, uses name: String) -> Bool {
        let bytes = Array(text.utf8)
        let wanted = Array(name.utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "$") {
            if index > 0, bytes[index - 1] == UInt8(ascii: "\\") { continue }
            var start = index + 1
            if start < bytes.count, bytes[start] == UInt8(ascii: "{") { start += 1 }
            let found = bytes[min(start, bytes.count)...].prefix { $0.isNameByte }
            // A default says that the name may be missing.
            let isBraced = start > index + 1
            if isBraced, found.endIndex < bytes.count, bytes[found.endIndex] != UInt8(ascii: "}") { continue }
            if found.elementsEqual(wanted) { return true }
        }
        return false
    }
}

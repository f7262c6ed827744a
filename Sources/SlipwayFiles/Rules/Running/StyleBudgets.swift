// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ng build counts what the minifier leaves.
    static let styleBudget = Rule(
        "AP293", .error, "a component's styles are larger than Angular's budget",
        why:
            "ng build stops with: exceeded maximum budget. ng serve does not count, so nobody sees it before the image is built.",
        catches: [
            [
                "angular.json":
                    "{\"projects\":{\"a\":{\"architect\":{\"build\":{\"configurations\":{\"production\":{\"budgets\":[\n{\"type\":\"anyComponentStyle\",\"maximumError\":\"20B\"}\n]}}}}}}}",
                "src/app/a.component.css": ".first {\n  color: red;\n  margin: 0;\n}\n",
            ]
        ],
        passes: [
            [
                "angular.json":
                    "{\"projects\":{\"a\":{\"architect\":{\"build\":{\"configurations\":{\"production\":{\"budgets\":[\n{\"type\":\"anyComponentStyle\",\"maximumError\":\"8kB\"}\n]}}}}}}}",
                "src/app/a.component.css": ".first {\n  color: red;\n}\n",
            ],
            [
                "angular.json":
                    "{\"projects\":{\"a\":{\"architect\":{\"build\":{\"configurations\":{\"production\":{\"budgets\":[\n{\"type\":\"anyComponentStyle\",\"maximumError\":\"20B\"}\n]}}}}}}}",
                "src/app/a.component.css": "/* a long comment about nothing at all */\n.a {\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.tree.files(named: "angular.json").flatMap { entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), let limit = StyleSize.limit(in: text) else { return [] }
            return repository.tree.files(under: entry.directory).compactMap { style in
                guard style.name.hasSuffix(".component.css"), !style.path.contains("node_modules/"),
                    let css = repository.tree.text(style.path)
                else { return nil }
                let size = StyleSize.minified(css)
                guard size > limit.bytes else { return nil }
                return Violation(
                    file: entry.path, line: limit.line,
                    "\(style.path) has about \(size) bytes after minification; raise maximumError, or move styles to styles.css"
                )
            }
        }
    }
}

private enum StyleSize {
    /// Angular's own units count by thousands; a version before 18 by 1024, which allows more.
    static func limit(in text: String) -> (bytes: Int, line: Int)? {
        guard let type = TextSearch.range(of: "anyComponentStyle", in: text[...]) else { return nil }
        let budget = text[type.upperBound...].prefix { $0 != "}" }
        guard let key = TextSearch.range(of: "maximumError", in: budget) else { return nil }
        let value = budget[key.upperBound...].split(separator: "\"").first { $0.first?.isNumber == true } ?? ""
        let unit = value.drop { $0.isNumber || $0 == "." }.trimmed.lowercased()
        guard let number = Double(value.prefix { $0.isNumber || $0 == "." }) else { return nil }
        let factor = unit.hasPrefix("k") ? 1024.0 : unit.hasPrefix("m") ? 1_048_576.0 : 1
        return (Int(number * factor), text[..<key.lowerBound].count { $0 == "\n" } + 1)
    }

    /// Without comments and the blanks that a minifier drops.
    static func minified(_ css: String) -> Int {
        let bytes = Array(css.utf8)
        var size = 0
        var index = 0
        var last: UInt8 = UInt8(ascii: "{")
        let tight = Array("{};:,>".utf8)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "*") {
                index += 2
                while index + 1 < bytes.count,
                    bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/")
                {
                    index += 1
                }
                index += 2
                continue
            }
            let byte = bytes[index]
            if byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D {
                var next = index
                while next < bytes.count, [0x20, 0x0A, 0x09, 0x0D].contains(bytes[next]) { next += 1 }
                if next < bytes.count, !tight.contains(last), !tight.contains(bytes[next]) {
                    size += 1
                    last = 0x20
                }
                index = next
                continue
            }
            // The last semicolon of a block goes too.
            if byte == UInt8(ascii: "}"), last == UInt8(ascii: ";") { size -= 1 }
            size += 1
            last = byte
            index += 1
        }
        return size
    }
}

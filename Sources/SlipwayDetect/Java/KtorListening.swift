// SPDX-License-Identifier: Apache-2.0

/// Where a Ktor program listens and what it answers, read from its Kotlin code.
enum KtorListening {
    static func port(in code: CodeBase) -> (number: UInt16, variable: String?, file: String, line: Int)? {
        code.first { line in
            guard let place = line.text.range(ofText: "port =") ?? line.text.range(ofText: "port="),
                let number = line.text[place.upperBound...].split(whereSeparator: { !$0.isNumber })
                    .lazy.compactMap({ UInt16($0) }).first(where: { $0 >= 80 })
            else { return nil }
            return (number, line.argument(of: "getenv"), line.file, line.number)
        }
    }

    static func paths(in code: CodeBase) -> [(String, CodeLine)] {
        code.collect { line in
            ["get", "post", "put", "delete", "patch", "route", "webSocket"].flatMap { line.arguments(of: $0) }
                .filter { $0.hasPrefix("/") && $0 != "/" }.map { ($0, line) }
        }
    }
}

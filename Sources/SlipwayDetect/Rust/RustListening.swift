// SPDX-License-Identifier: Apache-2.0

/// What Rust code says about ports and routes.
enum RustListening {
    struct Port {
        var number: UInt16?
        var variable: String?
        var line: CodeLine
    }

    private static let binders = [
        "bind(", "bind_rustls", ".run(", "SocketAddr", "TcpListener", "serve(", "addr", "from(([",
    ]

    static func port(in code: CodeBase) -> Port? {
        let variable = code.first { line -> Port? in
            let names = ["env::var", "var", "env::var_os"].flatMap { line.arguments(of: $0) }
            guard let name = names.first(where: { $0 == "PORT" || $0.hasSuffix("_PORT") && !$0.hasPrefix("DB") })
            else { return nil }
            return Port(number: literalPort(line), variable: name, line: line)
        }
        let literal = code.first { line -> Port? in
            guard binders.contains(where: { line.text.has($0) }), let port = addressPort(line) else { return nil }
            return Port(number: port, line: line)
        }
        guard var found = variable, found.variable == "PORT" || literal == nil else { return literal }
        if found.number == nil, let literal {
            found.number = literal.number
            found.line = literal.line
        }
        return found
    }

    private static func literalPort(_ line: CodeLine) -> UInt16? {
        line.literals.compactMap { UInt16($0) }.first { $0 >= 80 }
    }

    /// `"0.0.0.0:3000"`, `("127.0.0.1", 8080)`, `([0, 0, 0, 0], 3000)`.
    private static func addressPort(_ line: CodeLine) -> UInt16? {
        for literal in line.literals {
            if literal.contains(":"), let tail = literal.split(separator: ":").last, let port = UInt16(tail), port >= 80
            {
                return port
            }
        }
        let isPair = line.text.has("((") || line.text.has("([") || line.literals.contains { $0.hasPrefix("0.0.0.0") }
        guard isPair else { return nil }
        let numbers = line.text.split { !$0.isNumber }.compactMap { UInt16($0) }.filter { $0 >= 80 && $0 != 127 }
        return numbers.last
    }

    static func paths(in code: CodeBase) -> [(String, CodeLine)] {
        let callees = [
            ".route", ".nest", ".service", "web::scope", "web::resource", "#[get", "#[post", "#[put", "#[delete",
            "#[patch", "mount", ".at", "Router::with_path", "path!",
        ]
        return code.collect { line in
            callees.flatMap { line.arguments(of: $0) }.filter { $0.hasPrefix("/") && $0 != "/" }.map { ($0, line) }
        }
    }
}

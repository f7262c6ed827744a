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
        var variable: Port?
        var literal: Port?
        var named: Port?
        for file in code.files where mentions.contains(where: { file.text.utf8.contains($0) }) {
            let lines = CodeLine.lines(of: file)
            for (index, line) in lines.enumerated() {
                // Unit tests stand at a file's end.
                if line.text.hasPrefix("#[cfg(test)]") { break }
                if variable?.variable != "PORT", let name = variableName(line) {
                    let found = Port(number: fallback(lines[index...].prefix(8)), variable: name, line: line)
                    if variable == nil || name == "PORT" { variable = found }
                }
                if literal == nil, binders.contains(where: { line.text.has($0) }), let port = addressPort(line) {
                    literal = Port(number: port, line: line)
                }
                if named == nil, let port = argumentPort(lines[index...].prefix(4)) ?? namedPort(line) {
                    named = Port(number: port, variable: clapVariable(lines[index...].prefix(4)), line: line)
                }
            }
        }
        let stated = literal ?? named
        guard var found = variable, found.variable == "PORT" || stated == nil || found.number != nil else {
            return stated
        }
        if found.number == nil, let stated {
            found.number = stated.number
            found.line = stated.line
        }
        return found
    }

    /// A file without any of these says nothing about a port.
    private static let mentions = ["port", "PORT", "bind", "addr", "Addr", "serve(", ".run(", "Listener"]

    private static func variableName(_ line: CodeLine) -> String? {
        guard line.text.has("var") else { return nil }
        return ["env::var", "var", "env::var_os", "dotenvy::var"].flatMap { line.arguments(of: $0) }.first {
            $0 == "PORT" || $0.hasSuffix("_PORT") && !InfrastructurePort.isNamed(in: $0.lowercased())
        }
    }

    /// The number of `env::var("PORT")…unwrap_or(3000)`, which often stands some lines below.
    private static func fallback(_ lines: ArraySlice<CodeLine>) -> UInt16? {
        for line in lines {
            if let place = line.text.range(ofText: "or") {
                let number = line.text[place.upperBound...].split { !$0.isNumber }.lazy.compactMap { UInt16($0) }
                if line.text.has("unwrap_or") || line.text.has("map_or") || line.text.has(".or("),
                    let port = number.last(where: { $0 >= 80 && $0 != 127 })
                {
                    return port
                }
            }
            if let port = literalPort(line) { return port }
            if line.text.hasSuffix(";") { return nil }
        }
        return nil
    }

    /// `#[arg(long, env = "PORT", default_value_t = 3000)]` above a field that is named like a port.
    private static func argumentPort(_ lines: ArraySlice<CodeLine>) -> UInt16? {
        guard let first = lines.first, let place = first.text.range(ofText: "default_value") else { return nil }
        let field = lines.dropFirst().first { !$0.text.hasPrefix("#") && !$0.text.hasPrefix(")") && !$0.text.isEmpty }
        let name = (field.map { String($0.text.prefix { $0 != ":" }) } ?? "").lowercased()
        guard name.contains("port") || name.contains("addr") || name.contains("bind") || name.contains("listen"),
            !InfrastructurePort.isNamed(in: name)
        else { return nil }
        return first.text[place.upperBound...].split { !$0.isNumber }.lazy.compactMap { UInt16($0) }.last {
            $0 >= 80 && $0 != 127
        }
    }

    private static func clapVariable(_ lines: ArraySlice<CodeLine>) -> String? {
        guard let first = lines.first, let place = first.text.range(ofText: "env = ") else { return nil }
        return CodeLine.leadingLiteral(first.text[place.upperBound...])
    }

    /// `const PORT: u16 = 3000;`, `let port = 3000;`, `port: 3000,`
    private static func namedPort(_ line: CodeLine) -> UInt16? {
        guard line.text.has("port") || line.text.has("PORT"),
            let sign = line.text.lastIndex(where: { $0 == "=" || $0 == ":" }), !line.text.has("//")
        else { return nil }
        let name = line.text[..<sign].lowercased()
        let words = name.split { !$0.isLetter && $0 != "_" }
        let value = line.text[line.text.index(after: sign)...].filter { $0.isNumber || $0.isLetter || $0 == "\"" }
        let plain = value.hasSuffix("u16") ? String(value.dropLast(3)) : value
        guard words.contains(where: { $0 == "port" || $0.hasSuffix("_port") }), !InfrastructurePort.isNamed(in: name),
            let port = UInt16(plain.filter { $0 != "\"" }), port >= 80, !InfrastructurePort.isUsual(port)
        else { return nil }
        return port
    }

    private static func literalPort(_ line: CodeLine) -> UInt16? {
        line.literals.compactMap { UInt16($0) }.first { $0 >= 80 }
    }

    /// `"0.0.0.0:3000"`, `("127.0.0.1", 8080)`, `([0, 0, 0, 0], 3000)`.
    private static func addressPort(_ line: CodeLine) -> UInt16? {
        for literal in line.literals {
            if literal.contains(":"), !literal.contains("//"), let tail = literal.split(separator: ":").last,
                let port = UInt16(tail), port >= 80, !InfrastructurePort.isUsual(port)
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
        let scopes = RustScopes(code)
        return code.files.flatMap { file -> [(String, CodeLine)] in
            let lines = CodeLine.lines(of: file)
            return lines.enumerated().flatMap { place, line -> [(String, CodeLine)] in
                callees.flatMap { line.arguments(of: $0) }.filter { $0.hasPrefix("/") && $0 != "/" }.map { path in
                    let isAttribute = line.text.hasPrefix("#[")
                    return (isAttribute ? scopes.path(path, before: lines[(place + 1)...].prefix(6)) : path, line)
                }
            }
        }
    }
}

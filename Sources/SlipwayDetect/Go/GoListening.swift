// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Go code says about ports and routes, read line by line: the names are those of net/http and of the routers
/// that most modules require.
enum GoListening {
    struct Port {
        var number: UInt16?
        /// The variable that moves it.
        var variable: String?
        var line: CodeLine
    }

    private static let openers = [
        "ListenAndServe(", "ListenAndServeTLS(", ".Serve(", "http.Server{", "fiber.New(", "gin.Default(", "gin.New(",
        "echo.New(", "net.Listen(\"tcp", "pocketbase.New(",
    ]

    static func opensPort(_ text: String) -> Bool { openers.contains { text.utf8.contains($0) } }

    /// The best statement of a port: an address literal where the server is made, then a default beside the variable.
    static func port(in code: CodeBase, preferring directory: String) -> Port? {
        let ordered = code.files.sorted {
            ($0.path.parentDirectory == directory ? 0 : 1, $0.path) < (
                $1.path.parentDirectory == directory ? 0 : 1, $1.path
            )
        }
        var literal: Port?
        var variable: Port?
        for file in ordered {
            for line in CodeLine.lines(of: file) {
                if variable == nil, let name = portVariable(line) {
                    variable = Port(number: defaultPort(line), variable: name, line: line)
                } else if variable != nil, variable?.number == nil, line.text.has("ort"), let number = defaultPort(line)
                {
                    variable?.number = number
                }
                if literal == nil, let number = addressPort(line) { literal = Port(number: number, line: line) }
            }
        }
        guard var found = variable else { return literal }
        if found.number == nil, let literal {
            found.number = literal.number
            found.line = literal.line
        }
        return found
    }

    private static func portVariable(_ line: CodeLine) -> String? {
        for callee in ["os.Getenv", "os.LookupEnv", "viper.GetString", "viper.GetInt"] {
            for name in line.arguments(of: callee) where name == "PORT" || name.hasSuffix("_PORT") && isOwn(name) {
                return name
            }
        }
        guard
            line.text.has("env:\"") || line.text.has("envconfig:\"") || line.text.lowercased().contains("getenv")
                || line.text.has("etEnv(")
        else { return nil }
        for name in line.literals.flatMap({ $0.split { ",`:\"= ".contains($0) } }).map(String.init)
        where name == "PORT"
            || name.hasSuffix("_PORT") && isOwn(name) && name.allSatisfy({ $0.isUppercase || $0 == "_" })
        {
            return name
        }
        return nil
    }

    /// Whether the variable is this server's port and not that of something it talks to.
    private static func isOwn(_ name: String) -> Bool {
        ["HTTP_PORT", "SERVER_PORT", "API_PORT", "APP_PORT", "WEB_PORT", "LISTEN_PORT", "SERVICE_PORT"].contains(name)
    }

    /// A literal that is only a port, or an address that ends with one: `"8080"`, `":8080"`, `"0.0.0.0:8080"`.
    private static func defaultPort(_ line: CodeLine) -> UInt16? {
        for literal in line.literals {
            let tail = literal.split(separator: ":").last.map(String.init) ?? literal
            if tail.count >= 2, let port = UInt16(tail), port >= 80 { return port }
        }
        guard let range = line.text.range(ofText: "Default:\"") ?? line.text.range(ofText: "default:\"") else {
            return nil
        }
        return UInt16(line.text[range.upperBound...].prefix { $0.isNumber })
    }

    private static func addressPort(_ line: CodeLine) -> UInt16? {
        let places = ["ListenAndServe", ".Run(", ".Listen(", ".Start(", "Addr:", "net.Listen(", "addr"]
        guard places.contains(where: { line.text.has($0) }) else { return nil }
        for literal in line.literals where literal.contains(":") {
            if let tail = literal.split(separator: ":").last, let port = UInt16(tail), port >= 80 { return port }
        }
        return nil
    }
}

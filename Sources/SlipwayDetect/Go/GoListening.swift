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
        /// The number stands somewhere else than the variable and not where the program listens.
        var isBorrowed = false
    }

    private static let openers = [
        "ListenAndServe(", "ListenAndServeTLS(", ".Serve(", "http.Server{", "fiber.New(", "gin.Default(", "gin.New(",
        "echo.New(", "echo.New,", ".StartTLS(", "fasthttp.Server{", "net.Listen(\"tcp", "pocketbase.New(",
        ".Listen(\":",
    ]

    static func opensPort(_ text: String) -> Bool { openers.contains { text.utf8.contains($0) } }

    /// The best statement of a port: an address literal where the server is made, then a default beside the variable,
    /// then a constant or a flag named like a port, then what the framework does by itself.
    /// - Parameter others: Folders of other programs.
    static func port(
        in code: CodeBase, preferring directory: String, without others: Set<String>, framework: String?
    ) -> Port? {
        let ordered = code.files.filter { !others.contains($0.path.parentDirectory) }.sorted {
            ($0.path.parentDirectory == directory ? 0 : 1, $0.path) < (
                $1.path.parentDirectory == directory ? 0 : 1, $1.path
            )
        }
        var literal: Port?
        var weak: Port?
        var variable: Port?
        var named: Port?
        for file in ordered where mentions.contains(where: { file.text.utf8.contains($0) }) {
            var isAside = false
            // Lines in which the value of a command line's option may follow its name.
            var waiting = 0
            let isRemote = file.text.utf8.contains("grpc.NewServer(") || file.path.contains("grpc")
            var before: Substring = ""
            for line in CodeLine.lines(of: file) {
                defer { before = line.text }
                // The settings of something beside the server: `type DebugConf struct {`.
                if line.text.hasPrefix("type "), line.text.has(" struct") {
                    let name = line.text.split(separator: " ")[1].lowercased()
                    isAside = asideTypes.contains { name.contains($0) }
                } else if line.text.hasPrefix("}") {
                    isAside = isAside && line.indentation > 0
                }
                if isAside { continue }
                if line.text.hasPrefix("Name:") { waiting = isPortName(line.literals.first) ? 5 : 0 }
                if waiting > 0 {
                    waiting -= 1
                    if named == nil, line.text.hasPrefix("Value:"),
                        let number = defaultPort(line) ?? number(in: line.text)
                    {
                        named = Port(number: number, line: line)
                    }
                }
                if variable == nil, let name = portVariable(line) {
                    variable = Port(
                        number: numberBeside(name, line) ?? defaultPort(line), variable: name, line: line)
                } else if variable?.number == nil, variable != nil, isAboutOwnPort(line.text),
                    let number = defaultPort(line)
                {
                    variable?.number = number
                }
                if let number = addressPort(line) {
                    // What listens for remote calls beside a web server is its second port.
                    let lower = line.text.lowercased()
                    let isSecond =
                        isRemote && !line.text.has("ListenAndServe")
                        || ["metric", "pprof", "prometheus", "debug", "redirect"].contains { lower.contains($0) }
                        || number == 443
                        // What sends visitors on to the encrypted address.
                        || number == 80 && (before.has("edirect") || before.hasPrefix("go func("))
                    if isSecond || !isCall(line.text) {
                        weak = weak ?? Port(number: number, line: line)
                    } else {
                        literal = literal ?? Port(number: number, line: line)
                    }
                }
                if named == nil, !isRemote, isAboutOwnPort(line.text) || isAddress(line.text),
                    let number = namedPort(line)
                {
                    named = Port(number: number, line: line)
                }
            }
        }
        let stated = literal ?? named ?? weak
        if var found = variable {
            if found.number == nil, let stated {
                found.number = stated.number
                found.line = stated.line
                found.isBorrowed = literal == nil
            }
            return found
        }
        return stated ?? (framework == "gin" ? ginDefault(in: code) : nil)
    }

    /// The bare number of `getEnvInt("APP_PORT", 8080)`.
    private static func numberBeside(_ name: String, _ line: CodeLine) -> UInt16? {
        guard let place = line.text.range(ofText: "\"\(name)\",") else { return nil }
        let rest = line.text[place.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
        return UInt16(rest).flatMap { $0 >= 80 ? $0 : nil }
    }

    private static func isPortName(_ name: String?) -> Bool {
        ["port", "http-port", "http.port", "server-port", "listen", "addr", "listen-addr", "http-addr"].contains(name)
    }

    private static func isCall(_ text: Substring) -> Bool {
        ["ListenAndServe", ".Run(", ".Listen(", ".Start(", "Addr:", "net.Listen("].contains { text.has($0) }
    }

    /// A line about where to listen that does not say the word port: `const listenAddr = ":8080"`.
    private static func isAddress(_ text: Substring) -> Bool {
        guard text.has("ddr") || text.has("ADDR") || text.has("isten") || text.has("ind") else { return false }
        return !InfrastructurePort.isNamed(in: text.lowercased())
    }

    private static let asideTypes = [
        "debug", "metric", "database", "mail", "smtp", "redis", "postgres", "mysql", "pprof", "mongo", "kafka", "nats",
        "rabbit", "grpc", "prometheus", "db", "ssl", "tls",
    ]

    /// A file without any of these says nothing about a port.
    private static let mentions = ["PORT", "Port", "port", "Listen", ".Run(", ".Start(", "Addr", "addr"]

    /// `Run()` listens on `:8080`, or on `:$PORT` (gin's utils.go, resolveAddress).
    private static func ginDefault(in code: CodeBase) -> Port? {
        for file in code.files where file.text.utf8.contains("gin.") {
            if let line = CodeLine.lines(of: file).first(where: { $0.text.has(".Run()") }) {
                return Port(number: 8080, variable: "PORT", line: line)
            }
        }
        return nil
    }

    private static func portVariable(_ line: CodeLine) -> String? {
        guard line.text.has("PORT") else { return nil }
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

    /// Whether the line is about a port, and not about that of something the server talks to.
    private static func isAboutOwnPort(_ text: Substring) -> Bool {
        guard text.has("ort") || text.has("ORT") else { return false }
        let lower = text.lowercased()
        return lower.contains("port") && !InfrastructurePort.isNamed(in: lower)
    }

    /// A literal that is only a port, or an address that ends with one: `"8080"`, `":8080"`, `"0.0.0.0:8080"`.
    private static func defaultPort(_ line: CodeLine) -> UInt16? {
        for literal in line.literals {
            let tail = literal.split(separator: ":").last.map(String.init) ?? literal
            if tail.count >= 2, let port = UInt16(tail), port >= 80, !InfrastructurePort.isUsual(port) { return port }
        }
        // Struct tags of the configuration libraries: `default:"8080"`, `conf:"default:8080"`, `env:"PORT, default=8080"`.
        for mark in ["efault:\"", "efault:", "efault="] {
            guard let range = line.text.range(ofText: mark) else { continue }
            let value = line.text[range.upperBound...].prefix { $0 != "\"" && $0 != "," && $0 != "`" }
            let tail = value.split(separator: ":").last ?? value
            if let port = UInt16(tail), port >= 80, !InfrastructurePort.isUsual(port) { return port }
        }
        return nil
    }

    /// `const port = 8080`, `Port: 8080,`, `flag.Int("port", 4000, …)`, `viper.SetDefault("port", "8080")`.
    private static func namedPort(_ line: CodeLine) -> UInt16? {
        let isFlag = line.literals.contains { literal in
            let name = literal.lowercased()
            return name == "port" || name.hasSuffix(".port") || name.hasSuffix("-port") || name.hasSuffix("_port")
        }
        if isFlag, line.text.has("Int") || line.text.has("String") || line.text.has("Default") {
            return defaultPort(line) ?? number(in: line.text)
        }
        // Port string `conf:"default:7745"`
        if line.text.has("efault"), line.text.hasSuffix("`") {
            let field = line.text.split(separator: " ").first?.lowercased() ?? ""
            if field.hasSuffix("port") || field.hasSuffix("addr") || field.hasSuffix("address") || field == "apihost" {
                return defaultPort(line)
            }
        }
        guard let separator = line.text.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let name = line.text[..<separator].split(separator: " ").last?.lowercased() ?? ""
        let value = line.text[separator...].drop { $0 == ":" || $0 == "=" || $0 == " " }
        guard
            ["port", "addr", "address", "listen", "bind"].contains(where: { name.hasSuffix($0) }),
            value.first?.isNumber == true || value.hasPrefix("\"")
        else { return nil }
        if !name.hasSuffix("port") { return addressLiteral(line) }
        return defaultPort(line) ?? number(in: value)
    }

    private static func number(in text: Substring) -> UInt16? {
        text.split { !$0.isNumber }.lazy.compactMap { UInt16($0) }.first { $0 >= 80 && !InfrastructurePort.isUsual($0) }
    }

    private static func addressPort(_ line: CodeLine) -> UInt16? {
        // `http.ListenAndServe(":8080", handlers.CORS()(router))` is the server whatever else the line names.
        let isServer = ["ListenAndServe", ".Run(\"", ".Listen(\":", ".Start(\":"].contains { line.text.has($0) }
        let isAbout = isServer || isCall(line.text) || line.text.has("addr") || line.text.has("Addr")
        guard isAbout, isServer || !InfrastructurePort.isNamed(in: line.text.lowercased()) else { return nil }
        return addressLiteral(line)
    }

    private static func addressLiteral(_ line: CodeLine) -> UInt16? {
        for literal in line.literals where literal.contains(":") && !literal.contains("//") {
            if let tail = literal.split(separator: ":").last, let port = UInt16(tail), port >= 80,
                !InfrastructurePort.isUsual(port)
            {
                return port
            }
        }
        return nil
    }
}

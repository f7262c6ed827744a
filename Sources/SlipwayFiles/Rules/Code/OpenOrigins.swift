// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Settings that let every origin in together with the visitor's login, in the spelling of each framework.
enum OpenOrigins {
    static let endings = [
        ".py", ".js", ".ts", ".mjs", ".cjs", ".java", ".kt", ".go", ".rb", ".cs", ".php", ".ex", ".exs", ".rs",
    ]
    static let words = ["CORS", "cors", "Cors", "Origin", "origin"]

    /// One-based line.
    static func line(in code: CodeText) -> Int? {
        let ending = code.path.split(separator: ".").last ?? ""
        let open: Int? =
            switch ending {
            case "py": python(code)
            case "js", "ts", "mjs", "cjs": script(code)
            case "java", "kt": spring(code)
            case "cs": code.line(with: "AllowCredentials()") == nil ? nil : code.line(withAny: dotnet)
            case "go": code.line(with: "AllowCredentials:true", "Allow-Credentials','true'") == nil ? nil : go(code)
            case "rb": code.line(with: "credentials:true") == nil ? nil : code.line(with: "origins/.*/", "origins{|")
            case "php":
                code.line(with: "'supports_credentials'=>true") == nil
                    ? nil : code.line(with: "'allowed_origins'=>['*']")
            case "ex", "exs":
                code.line(with: "credentials:true") == nil ? nil : code.line(with: "origins:'*'", "origin:~r/.*/")
            case "rs": rust(code)
            default: nil
            }
        return open ?? RentedOrigins.line(in: code)
    }

    private static let dotnet = [
        "SetIsOriginAllowed(_=>true)", "SetIsOriginAllowed(origin=>true)", "SetIsOriginAllowed((host)=>true)",
        "SetIsOriginAllowed(x=>true)", "SetIsOriginAllowed(host=>true)", "SetIsOriginAllowed((origin)=>true)",
        "SetIsOriginAllowed(o=>true)",
    ]

    private static func python(_ code: CodeText) -> Int? {
        func place(_ wanted: String...) -> Int? {
            code.bare.indices.first { index in
                wanted.contains(where: code.bare[index].contains)
                    && (wanted[0].first != "C" || !code.lines[index].hasPrefix(" "))
            }.map { $0 + 1 }
        }
        let list = place("allow_origins=['*']", "allow_origin_regex='.*'", "allow_origin_regex=r'.*'")
        if let list, place("allow_credentials=True") != nil { return list }
        if code.line(with: "allow_origin_regex=") != nil, place("allow_credentials=True") != nil,
            let line = code.line(with: "192\\.168\\.\\d", "192\\.168\\.[0-9", "192\\.168\\..*"),
            !code.isGuarded(line, by: ["dev", "local", "debug", "DEBUG", "prod"], before: 6)
        {
            return line
        }
        let all = place("CORS_ALLOW_ALL_ORIGINS=True", "CORS_ORIGIN_ALLOW_ALL=True")
        if let all, place("CORS_ALLOW_CREDENTIALS=True") != nil { return all }
        // Flask-CORS answers the asking origin by name when nobody names any.
        guard code.line(with: "flask_cors") != nil, let call = code.body(after: "CORS("),
            call.text.contains("supports_credentials=True")
        else { return nil }
        let isOpen =
            !call.text.contains("origins") || call.text.contains("origins='*'") || call.text.contains("'origins':'*'")
        return isOpen ? call.line : nil
    }

    private static func script(_ code: CodeText) -> Int? {
        for opening in [
            "cors({", "enableCors({", "register(cors,{", "register(fastifyCors,{", "orsOptions={", "cors:{",
        ] {
            guard let call = code.body(after: opening), call.text.contains("credentials:true"), isOpen(call.text),
                !code.isGuarded(call.line, by: ["isDev", "development"])
            else { continue }
            return call.line
        }
        // The header by hand.
        guard code.line(with: "Allow-Credentials','true'", "Allow-Credentials',true") != nil,
            let line = code.line(
                withAny: ["req.headers.origin", "req.header('origin')", "req.get('origin')"].flatMap {
                    ["Allow-Origin',\($0))", "Allow-Origin',\($0)||'*')"]
                }), !code.isGuarded(line, by: ["includes(", "if (", "if(", "allowed"])
        else { return nil }
        return line
    }

    /// Whether the value of `origin` says yes to whoever asks.
    private static func isOpen(_ body: String) -> Bool {
        if ["origin:true", "origin:/.*/", "origin:[/.*/"].contains(where: body.contains) { return true }
        guard let start = TextSearch.range(of: "origin:", in: body[...]) else { return false }
        let value = body[start.upperBound...].prefix(200)
        let isFunction =
            value.hasPrefix("(") || value.hasPrefix("function") || value.hasPrefix("async")
            || value.hasPrefix("origin=>")
        guard isFunction,
            !["if(", "includes", "indexOf", "some(", "===", "?", "test(", "find"].contains(where: value.contains)
        else { return false }
        return value.contains("(null,true)") || value.contains("=>origin,") || value.contains("=>true")
    }

    private static func spring(_ code: CodeText) -> Int? {
        guard
            code.line(
                with: "allowCredentials(true)", "setAllowCredentials(true)", "allowCredentials='true'",
                "allowCredentials=true")
                != nil
        else { return nil }
        return code.line(
            with: "allowedOriginPatterns('*')", "OriginPattern('*')", "OriginPatterns(List.of('*'",
            "originPatterns='*'",
            "OriginPatterns(Arrays.asList('*'", "OriginPatterns(Collections.singletonList('*'",
            "OriginPatterns=listOf('*'",
            "OriginPatterns(listOf('*'", "setAllowedOriginPatterns(ImmutableList.of('*'")
    }

    private static func go(_ code: CodeText) -> Int? {
        if let line = code.line(
            with: "Allow-Origin',r.Header.Get('Origin')", "Allow-Origin',c.Request.Header.Get('Origin')"),
            !code.isGuarded(line, by: ["if ", "allowed"])
        {
            return line
        }
        guard let line = code.line(with: "AllowOriginFunc:func(") else { return nil }
        let body = code.bare[(line - 1)...].prefix(4).joined()
        let function = body.prefix { $0 != "}" }
        return function.contains("returntrue") && !function.contains("if") && !function.contains("==") ? line : nil
    }

    private static func rust(_ code: CodeText) -> Int? {
        if let line = code.line(with: "CorsLayer::very_permissive()", "Cors::permissive()") { return line }
        return code.line(with: "allow_credentials(true)") == nil
            ? nil : code.line(with: "AllowOrigin::mirror_request()")
    }
}

/// Patterns of origins that anybody can get an address for: hosts that give everyone a name below their own.
enum RentedOrigins {
    private static let hosts = [
        "ngrok.io", "ngrok.app", "ngrok.dev", "ngrok-free.app", "ngrok-free.dev", "vercel.app", "netlify.app",
        "herokuapp.com", "onrender.com", "github.io", "pages.dev", "workers.dev", "railway.app", "trycloudflare.com",
        "loca.lt", "azurewebsites.net", "azurestaticapps.net", "web.app", "firebaseapp.com", "fly.dev", "gitpod.io",
        "repl.co", "replit.dev", "replit.app", "glitch.me", "surge.sh", "cloudfront.net", "amazonaws.com", "run.app",
        "lovable.app", "lovableproject.com", "app.github.dev", "csb.app", "deno.dev", "webcontainer.io", "serveo.net",
    ]
    private static let credentials = [
        "credentials:true", "allow_credentials=True", "supports_credentials=True", "allowCredentials(true)",
        "AllowCredentials()", "AllowCredentials(true)", "CORS_ALLOW_CREDENTIALS=True", "Allow-Credentials','true'",
        "AllowCredentials:true", "'supports_credentials'=>true",
    ]

    static func line(in code: CodeText) -> Int? {
        guard code.line(withAny: credentials) != nil else { return nil }
        for (index, line) in code.bare.enumerated() {
            guard hosts.contains(where: { line.contains($0.replacing(".", with: "\\.")) || line.contains($0) }),
                isPattern(line.filter { $0 != "\\" }),
                !code.isGuarded(index + 1, by: ["isDev", "development", "cookie", "href", "fetch("])
            else { continue }
            return index + 1
        }
        return nil
    }

    /// Whether nothing but wildcards stands before the host.
    private static func isPattern(_ line: String) -> Bool {
        hosts.contains { host in
            guard let range = TextSearch.range(of: host, in: line[...]) else { return false }
            var token = ""
            var brackets = 0
            for character in line[..<range.lowerBound].reversed() {
                if character == "]" { brackets += 1 }
                if brackets == 0, !(character.isLetter || character.isNumber || ".*+-_()^?w]".contains(character)) {
                    break
                }
                if brackets == 0 { token.append(character) }
                if character == "[" { brackets -= 1 }
            }
            let before = line[..<range.lowerBound]
            let isCompared = ["endsWith('", "endswith('", "EndsWith('", "includes('", "HasSuffix(origin,'"].contains {
                before.hasSuffix($0) || before.hasSuffix($0 + ".")
            }
            let hasWildcard = token.contains("*") || token.contains("+")
            let isRegex = token == "." && before.dropLast().hasSuffix("/") && !before.hasSuffix("//.")
            return isCompared || isRegex || hasWildcard && !token.contains { $0.isLetter && $0 != "w" }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An asterisk for the origins together with credentials, which no browser accepts.
enum Asterisks {
    /// One-based line.
    static func line(in code: CodeText) -> Int? {
        guard !code.path.contains("config.") else { return nil }
        return headers(in: code) ?? (code.path.hasSuffix(".go") ? go(code) : script(code))
    }

    private static let origins = [
        "Access-Control-Allow-Origin','*'", "Access-Control-Allow-Origin':'*'", "Access-Control-Allow-Origin']='*'",
    ]
    private static let logins = [
        "Access-Control-Allow-Credentials','true'", "Access-Control-Allow-Credentials',true",
        "Access-Control-Allow-Credentials':'true'", "Access-Control-Allow-Credentials']='true'",
    ]

    /// The two headers by hand, one near the other.
    private static func headers(in code: CodeText) -> Int? {
        guard let line = code.line(withAny: origins) else { return nil }
        let near = code.bare[max(0, line - 9)...min(line + 7, code.bare.count - 1)]
        return near.contains { text in logins.contains(where: text.contains) } ? line : nil
    }

    private static func go(_ code: CodeText) -> Int? {
        guard code.line(with: "AllowCredentials:true", "AllowCredentials=true") != nil else { return nil }
        return code.line(
            with: "AllowOrigins:[]string{'*'}", "AllowedOrigins:[]string{'*'}", "AllowOrigins:'*'",
            "AllowAllOrigins:true", "AllowAllOrigins=true", "AllowOrigins=[]string{'*'}")
    }

    private static func script(_ code: CodeText) -> Int? {
        guard [".js", ".ts", ".mjs", ".cjs"].contains(where: code.path.hasSuffix) else { return nil }
        for opening in [
            "cors({", "enableCors({", "register(cors,{", "register(fastifyCors,{", "orsOptions={", "cors:{",
        ] {
            guard let call = code.body(after: opening), call.text.contains("credentials:true"),
                call.text.contains("origin:'*'") || call.text.contains("||'*'") || call.text.contains("??'*'"),
                !code.isGuarded(call.line, by: ["isDev", "development"])
            else { continue }
            return call.line
        }
        return nil
    }
}

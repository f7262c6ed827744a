// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The answer that clears it is refused like any other cookie of a foreign site.
    static let uncleanCookie = Rule(
        "EN360", .warning, "a logout does not delete the cookie",
        why:
            "The cookie is set with SameSite=None, because the page and the API are two sites. A clearing cookie without "
            + "SameSite=None and Secure counts as Lax, which browsers refuse in an answer to another site: the login stays.",
        catches: [
            [
                "src/auth.js":
                    "export function login(res, t) {\n  res.cookie('token', t, { httpOnly: true, secure: true, sameSite: 'none' });\n}\nexport function logout(res) {\n  res.clearCookie('token');\n}\n"
            ],
            [
                "api/auth.py":
                    "def login(response):\n    response.set_cookie(\"token\", t, secure=True, samesite=\"none\")\n\ndef logout(response):\n    response.delete_cookie(\"token\", path=\"/\")\n"
            ],
        ],
        passes: [
            [
                "src/auth.js":
                    "const options = { httpOnly: true, secure: true, sameSite: 'none' };\nres.cookie('token', t, options);\nres.clearCookie('token', options);\n"
            ],
            [
                "src/auth.js":
                    "res.cookie('token', t, { sameSite: 'none', secure: true });\nres.clearCookie('token', { sameSite: 'none', secure: true });\nres.clearCookie('theme');\n"
            ],
            ["src/auth.js": "res.cookie('token', t, { sameSite: 'lax' });\nres.clearCookie('token');\n"],
        ]
    ) { repository in
        let files = repository.code([".js", ".ts", ".mjs", ".py"], with: ["clearCookie(", "delete_cookie("])
        guard !files.isEmpty else { return [] }
        return files.flatMap { code -> [Violation] in
            let isPython = code.path.hasSuffix(".py")
            let foreign = CookieCalls.foreign(in: code, isPython: isPython)
            guard !foreign.isEmpty else { return [] }
            return CookieCalls.all(isPython ? ".delete_cookie(" : ".clearCookie(", in: code).compactMap { call in
                guard foreign.contains(call.name), !call.rest.lowercased().contains("samesite"), !call.isByVariable
                else {
                    return nil
                }
                let advice =
                    isPython
                    ? "samesite=\"none\", secure=True"
                    : "{ ...the options of the cookie, sameSite: 'none', secure: true }"
                return Violation(
                    file: code.path, line: call.line,
                    "browsers refuse this on an answer to another site, and the cookie stays; add: \(advice)")
            }
        }
    }
}

/// Calls that set and clear cookies.
private struct CookieCalls {
    let name: String
    let rest: String
    let line: Int

    /// Whether the options come from somewhere else.
    var isByVariable: Bool {
        let text = rest.drop { $0 == "," || $0 == "\n" }
        guard let first = text.first else { return false }
        return text.contains("...") || text.contains("**") || first != "{" && !text.contains("=")
    }

    static func all(_ opening: String, in code: CodeText) -> [CookieCalls] {
        code.bare.indices.compactMap { index in
            guard code.bare[index].contains(opening), let body = code.body(after: opening, from: index),
                body.line == index + 1
            else { return nil }
            let text = body.text.drop { $0 == "\n" }
            let name = text.prefix { $0 != "," }
            return CookieCalls(
                name: name.filter { $0 != "\n" }.replacing("key=", with: ""), rest: String(text.dropFirst(name.count)),
                line: index + 1)
        }
    }

    /// Cookies that are sent to other sites.
    static func foreign(in code: CodeText, isPython: Bool) -> Set<String> {
        let none = isPython ? "samesite='none'" : "sameSite:"
        return Set(
            all(isPython ? ".set_cookie(" : ".cookie(", in: code).filter { call in
                guard let place = TextSearch.range(of: none, in: call.rest[...]) else { return false }
                return isPython || call.rest[place.upperBound...].prefix { $0 != "," && $0 != "}" }.contains("'none'")
            }.map(\.name))
    }
}

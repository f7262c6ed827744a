// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// One request without TLS is enough.
    static let plainCookie = Rule(
        "EN292", .warning, "a login's cookie is sent without TLS too",
        why:
            "Without Secure the browser sends the cookie over plain HTTP as well, where whoever is on the way reads it and "
            + "is signed in as the visitor. One link or picture with http:// is enough.",
        catches: [
            [
                "src/main/java/Cookies.java":
                    "return ResponseCookie.from(\"refresh\", token)\n    .httpOnly(true)\n    .secure(false)\n    .build();\n"
            ],
            ["src/main/java/Login.java": "Cookie cookie = new Cookie(\"token\", value);\ncookie.setSecure(false);\n"],
            ["src/auth.ts": "res.cookie('token', token, { httpOnly: true, secure: false });\n"],
            ["app/auth.py": "response.set_cookie(\"access_token\", token, httponly=True, secure=False)\n"],
            ["login.go": "c.SetCookie(\"token\", token, 3600, \"/\", \"\", false, true)\n"],
            ["app.py": "app.config['SESSION_COOKIE_SECURE'] = False\n"],
            ["views.py": "response.set_cookie('refresh_token', t, secure=False)  # True in production\n"],
            [".env.example": "AUTH_COOKIE_SECURE=false\n", "Procfile": "web: gunicorn shop.wsgi\n"],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      SESSION_COOKIE_SECURE: ${SESSION_COOKIE_SECURE:-false}\n"
            ],
        ],
        passes: [
            [
                "src/main/java/Cookies.java":
                    "return ResponseCookie.from(\"refresh\", token)\n    .httpOnly(true)\n    .secure(true)\n    .build();\n"
            ],
            ["src/auth.ts": "res.cookie('token', token, { secure: process.env.NODE_ENV === 'production' });\n"],
            ["src/auth.ts": "if (isDevelopment) {\n  res.cookie('token', token, { secure: false });\n}\n"],
            ["src/theme.ts": "res.cookie('theme', 'dark', { secure: false });\n"],
            ["src/mail.ts": "const mail = createTransport({ host, port: 587, secure: false, auth: { token } });\n"],
            ["config/dev.py": "SESSION_COOKIE_SECURE = False\n"],
            [
                ".env.example": "COOKIE_SECURE=false\n", ".env.production.example": "COOKIE_SECURE=true\n",
                "Procfile": "web: gunicorn shop.wsgi\n",
            ],
        ]
    ) { repository in
        repository.code(
            [".java", ".kt", ".js", ".ts", ".mjs", ".py", ".go"], with: ["ookie", "COOKIE"]
        ).compactMap { code -> Violation? in
            guard let line = PlainCookie.line(in: code) else { return nil }
            return Violation(
                file: code.path, line: line,
                "browsers send it over plain HTTP too; take the value from a variable that is true where it is deployed"
            )
        } + templates(repository) + composed(repository)
    }

    /// What a deployed container gets when nobody says otherwise.
    private static func composed(_ repository: CheckedRepository) -> [Violation] {
        repository.composeFiles.filter { !$0.isForDevelopment }.flatMap { file in
            file.services.flatMap(\.environment).compactMap { variable in
                let name = variable.name.uppercased()
                guard ["COOKIE_SECURE", "SECURE_COOKIE", "COOKIES_SECURE"].contains(where: name.hasSuffix),
                    let value = variable.value?.lowercased(),
                    ["false", "0", "no", "off"].contains(value)
                        || [":-false}", ":-0}", ":-no}", ":-off}"].contains(where: value.hasSuffix)
                else { return nil }
                return Violation(
                    file: file.location, line: variable.line,
                    "browsers send the login's cookie over plain HTTP too; write: \(variable.name): "
                        + "${\(variable.name):-true}")
            }
        }
    }

    /// Whoever deploys copies the only template there is.
    private static func templates(_ repository: CheckedRepository) -> [Violation] {
        let files = repository.dotenvTemplates
        guard repository.isWhole, !files.isEmpty,
            Deployments.exist(in: repository) || repository.composeFiles.contains(where: { !$0.isForDevelopment })
        else { return [] }
        // A file for production beside it says its own.
        let answered = repository.dotenvFiles.map(\.location).filter(DevelopmentPath.isProduction).map {
            SourceTree.Entry(path: $0).directory
        }
        return files.filter { !answered.contains(SourceTree.Entry(path: $0.location).directory) }.flatMap { file in
            file.document.assignments.compactMap { assignment in
                let name = assignment.name.uppercased()
                guard ["COOKIE_SECURE", "SECURE_COOKIE", "COOKIES_SECURE"].contains(where: name.hasSuffix),
                    ["false", "0", "no", "off"].contains((assignment.value ?? "").lowercased())
                else { return nil }
                return Violation(
                    file: file.location, line: assignment.line,
                    "whoever copies it sends the cookie over plain HTTP too; write: \(assignment.name)=true",
                    severity: .info)
            }
        }
    }
}

private enum PlainCookie {
    /// Words of cookies that sign somebody in.
    private static let logins = ["token", "session", "auth", "jwt", "refresh", "login", "sid"]
    private static let conditions = ["dev", "local", "prod", "node_env", "test", "debug"]
    private static let off = [
        ".secure(false)", "setSecure(false)", "secure:false", "secure=False", "SESSION_COOKIE_SECURE=False",
        "'SESSION_COOKIE_SECURE']=False", "Secure:false",
    ]

    private static func withoutRemark(_ line: Substring) -> Substring {
        let ends = [" #", " //"].compactMap { TextSearch.range(of: $0, in: line)?.lowerBound }
        return ends.min().map { line[..<$0] } ?? line
    }

    static func line(in code: CodeText) -> Int? {
        for (index, line) in code.bare.enumerated() {
            guard off.contains(where: line.contains) || isOpenGin(line) else { continue }
            // A remark about production decides nothing.
            let around = code.lines[max(0, index - 6)...index].map(Self.withoutRemark).joined(separator: "\n")
                .lowercased()
            let near = (code.bare[max(0, index - 6)...min(code.bare.count - 1, index + 3)]).joined()
            guard near.lowercased().contains("cookie"), !conditions.contains(where: around.contains),
                !["createTransport", "maxAge:0", ".maxAge(0)", "clearCookie", "elete"].contains(where: near.contains),
                logins.contains(where: near.lowercased().contains)
            else { continue }
            return index + 1
        }
        return nil
    }

    /// Gin's `SetCookie(name, value, age, path, domain, secure, httpOnly)`; an age of -1 takes a cookie away.
    private static func isOpenGin(_ line: String) -> Bool {
        guard let range = TextSearch.range(of: ".SetCookie('", in: line[...]) else { return false }
        let arguments = line[range.upperBound...].split(separator: ",", omittingEmptySubsequences: false)
        return arguments.count == 7 && arguments[5] == "false" && !arguments[2].hasPrefix("-")
    }
}

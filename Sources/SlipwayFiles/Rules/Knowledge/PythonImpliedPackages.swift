// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Packages that no line of the code imports: a framework looks for them when something of it is used, and ends the
/// process without them.
package enum PythonImpliedPackages {
    /// One use in one file.
    package struct Use: Equatable, Sendable {
        /// The import name that the framework looks for.
        package let module: String
        /// What the code uses: `EmailStr`.
        package let word: String
        package let line: Int
    }

    private struct Row {
        let module: String
        /// What must stand in the file beside the word.
        let library: String
        let words: [String]
    }

    // pydantic.dev/latest/api/networks#pydantic.networks.EmailStr, fastapi.tiangolo.com/tutorial/request-forms,
    // starlette.io/middleware#sessionmiddleware, starlette.io/templates
    private static let rows = [
        Row(module: "email_validator", library: "pydantic", words: ["EmailStr", "NameEmail"]),
        Row(
            module: "multipart", library: "fastapi",
            words: ["UploadFile", "OAuth2PasswordRequestForm", "Form(", "File("]),
        Row(module: "itsdangerous", library: "middleware.sessions", words: ["SessionMiddleware"]),
        Row(module: "jinja2", library: "templating", words: ["Jinja2Templates"]),
    ]
    /// Words of files that are worth reading.
    package static let marks =
        ["EmailStr", "NameEmail", "UploadFile", "OAuth2PasswordRequestForm", "Form", "File"]
        + ["SessionMiddleware", "Jinja2Templates"]

    /// Which packages bring a module, the usual one first.
    private static let makers: [String: [String]] = [
        "multipart": [
            "python-multipart", "multipart", "fastapi[all", "fastapi[standard", "starlette[full", "gradio", "nicegui",
            "mcp", "fastmcp", "fastapi-users", "sqladmin", "starlette-admin", "litestar", "python-fasthtml", "chainlit",
            "fastapi-csrf-protect", "fastapi-admin", "fastapi-amis-admin", "esmerald", "marimo", "open-webui",
        ],
        "itsdangerous": [
            "itsdangerous", "fastapi[all", "starlette[full", "nicegui", "python-fasthtml", "quart", "dash", "locust",
            "fastapi-csrf-protect", "apiflask", "connexion", "sqladmin", "starlette-admin", "starsessions", "gradio",
            "apache-airflow", "mlflow", "bentoml", "pgadmin4",
        ],
    ]
    /// Packages that are known to bring no templates of Jinja; with any other one nothing is said.
    private static let withoutTemplates: Set<String> = [
        "fastapi", "uvicorn", "uvicorn[standard", "gunicorn", "starlette", "sqlalchemy", "sqlalchemy[asyncio",
        "sqlmodel",
        "pydantic", "pydantic[email", "pydantic-settings", "python-multipart", "itsdangerous", "python-dotenv",
        "aiofiles", "httpx", "requests", "psycopg2-binary", "psycopg2", "psycopg[binary", "psycopg", "asyncpg",
        "aiosqlite", "alembic", "passlib", "passlib[bcrypt", "bcrypt", "python-jose", "python-jose[cryptography",
        "pyjwt", "redis", "email-validator", "pymysql", "aiomysql", "motor", "pymongo", "celery", "celery[redis",
        "slowapi", "loguru", "argon2-cffi", "cryptography", "orjson", "websockets",
    ]

    /// The uses in the text of a Python file, the first of each module.
    package static func uses(in text: String) -> [Use] {
        rows.compactMap { row -> Use? in
            guard text.contains(row.library) else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard !line.drop(while: { $0 == " " }).hasPrefix("#"),
                    let word = row.words.first(where: { stands($0, in: line) })
                else { continue }
                return Use(
                    module: row.module, word: word.hasSuffix("(") ? String(word.dropLast()) : word, line: index + 1)
            }
            return nil
        }
    }

    /// What to list for it; `nil` when something listed brings it, or when that cannot be known.
    /// - Parameter listed: Names in lower case with hyphens, an extra after `[`: `uvicorn[standard`.
    package static func missing(_ module: String, from listed: Set<String>) -> String? {
        guard !listed.isEmpty else { return nil }
        if module == "jinja2" { return listed.isSubset(of: withoutTemplates) ? "jinja2" : nil }
        guard let makers = makers[module] else { return PythonImports.missing(module, from: listed) }
        let isBrought = listed.contains { name in
            makers.contains(name) || makers.contains(String(name.prefix { $0 != "[" }))
                || module == "itsdangerous" && name.hasPrefix("flask")
        }
        return isBrought ? nil : makers[0]
    }

    private static func stands(_ word: String, in line: Substring) -> Bool {
        guard let range = TextSearch.range(of: word, in: line) else { return false }
        let before = range.lowerBound == line.startIndex ? nil : line[line.index(before: range.lowerBound)]
        let after = range.upperBound < line.endIndex ? line[range.upperBound] : nil
        func isName(_ character: Character?) -> Bool {
            character.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } ?? false
        }
        return !isName(before) && (word.hasSuffix("(") || !isName(after))
    }
}

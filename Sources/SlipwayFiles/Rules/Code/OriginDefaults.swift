// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Open unless somebody thinks of it.
    static let originsOpenByDefault = Rule(
        "EN246", .warning, "every origin may ask where nobody names the origins",
        why:
            "When the variable is missing the list is open: a deployment that forgets it lets any page read and change what "
            + "is its visitors'.",
        catches: [
            ["shop/settings.py": "if not os.environ.get('CORS_ALL'):\n    CORS_ALLOW_ALL_ORIGINS = True\n"],
            ["shop/settings.py": "CORS_ALLOW_ALL_ORIGINS = os.environ.get('CORS_ALL', 'True') == 'True'\n"],
            [
                "main.py":
                    "app.add_middleware(CORSMiddleware, allow_origins=os.getenv(\"ORIGINS\", \"*\").split(\",\"), allow_credentials=True)\n"
            ],
            [
                "main.py":
                    "cors_origins = os.getenv('ORIGINS', '*').split(',')\napp.add_middleware(CORSMiddleware, allow_origins=cors_origins, allow_credentials=True)\n"
            ],
            ["src/app.js": "app.use(cors({ origin: process.env.ORIGIN || true, credentials: true }))\n"],
            [
                "src/app.js":
                    "const options = {\n  origin: (origin, callback) => {\n    if (!process.env.CORS_ORIGIN && process.env.NODE_ENV === 'production') {\n      return callback(null, true);\n    }\n    callback(null, list.includes(origin));\n  },\n  credentials: true,\n};\n"
            ],
            [
                "src/app.js":
                    "const origins = (process.env.ORIGINS || '*').split(',')\napp.use(cors({ credentials: true, origin: (o, cb) => cb(null, origins.includes('*') || origins.includes(o)) }))\n"
            ],
            [
                "app/__init__.py":
                    "from flask_cors import CORS\nif names:\n    origins = names.split(',')\nelse:\n    origins = '*'\nCORS(app, resources={r'/api/*': {\n    'origins': origins,\n    'supports_credentials': True,\n}})\n"
            ],
        ],
        passes: [
            ["shop/settings.py": "CORS_ALLOW_ALL_ORIGINS = os.environ.get('CORS_ALL', 'False') == 'True'\n"],
            ["shop/settings.py": "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True\n"],
            [
                "src/app.js":
                    "const options = {\n  origin: (origin, callback) => {\n    if (!process.env.CORS_ORIGIN && process.env.NODE_ENV !== 'production') {\n      return callback(null, true);\n    }\n    callback(null, list.includes(origin));\n  },\n  credentials: true,\n};\n"
            ],
            [
                "app/__init__.py":
                    "from flask_cors import CORS\norigins = names.split(',')\nCORS(app, resources={r'/api/*': {\n    'origins': origins,\n    'supports_credentials': True,\n}})\n"
            ],
            [
                "src/app.js":
                    "app.use(cors({ origin: process.env.ORIGIN || 'http://localhost:3000', credentials: true }))\n"
            ],
        ]
    ) { repository in
        repository.code([".py", ".js", ".ts", ".mjs"], with: ["CORS", "cors("]).compactMap { code in
            guard let line = code.path.hasSuffix(".py") ? python(code) : script(code) else { return nil }
            return Violation(
                file: code.path, line: line,
                "without the variable every page may ask; write no default, and end when it is missing")
        }
    }

    private static func python(_ code: CodeText) -> Int? {
        for (index, bare) in code.bare.enumerated()
        where bare.hasPrefix("CORS_ALLOW_ALL_ORIGINS=") || bare.hasPrefix("CORS_ORIGIN_ALLOW_ALL=") {
            let value = bare.drop { $0 != "=" }.dropFirst()
            let reads = value.contains("env") || value.hasPrefix("config(")
            if reads, [",'True')", ",True)", "default=True", ",'true')", ",'1')"].contains(where: value.contains),
                !value.contains("not")
            {
                return index + 1
            }
            let isInBlock = code.lines[index].hasPrefix(" ") && value == "True" || value.hasPrefix("True#")
            let before = index > 0 ? code.bare[index - 1] : ""
            if isInBlock, before.hasPrefix("ifnotos."), before.contains("env") { return index + 1 }
        }
        if let line = openName(in: code) { return line }
        guard code.line(with: "allow_credentials=True") != nil else { return nil }
        let list = code.bare.firstIndex { line in
            let name = line.prefix { $0 != "=" }.lowercased()
            return (line.contains("allow_origins=") || name.hasSuffix("origins") || name.hasSuffix("origins:list[str]"))
                && (line.contains(",'*')") || line.contains("or['*']")) && line.contains("env")
        }
        return list.map { $0 + 1 }
    }

    /// A name that holds every origin on one way, and is handed on together with the visitor's login.
    private static func openName(in code: CodeText) -> Int? {
        guard
            code.line(with: "allow_credentials=True", "supports_credentials=True", "'supports_credentials':True") != nil
        else { return nil }
        for (index, line) in code.bare.enumerated() where line.hasSuffix("='*'") || line.hasSuffix("=['*']") {
            let name = line.prefix { $0 != "=" }
            guard name.utf8.count > 3, name.allSatisfy({ $0.isLetter || $0 == "_" }), name.first?.isLetter == true,
                !code.isGuarded(index + 1, by: ["DEBUG", "debug", "dev", "local"], before: 2),
                code.line(withAny: ["'origins':\(name)", "origins=\(name)"]) != nil
            else { continue }
            return index + 1
        }
        return nil
    }

    private static func script(_ code: CodeText) -> Int? {
        guard code.line(with: "credentials:true") != nil else { return nil }
        let direct = code.bare.firstIndex { line in
            line.contains("origin:process.env.") && (line.contains("||true") || line.contains("??true"))
        }
        return (direct ?? unsetCallback(code) ?? starList(code)).map { $0 + 1 }
    }

    /// `if (!process.env.CORS_ORIGIN) return callback(null, true)`
    private static func unsetCallback(_ code: CodeText) -> Int? {
        code.bare.indices.first { index in
            let line = code.bare[index]
            guard line.hasPrefix("if("), line.contains("!process.env.") || line.contains("rigins.length===0"),
                line.lowercased().contains("origin"),
                !["development", "!=='production'", "!='production'", "isDev"].contains(where: line.contains)
            else { return false }
            let body = code.bare[index...min(index + 2, code.bare.count - 1)].joined()
            return body.contains("(null,true)")
        }
    }

    /// A list that is `*` where nobody names one, and is asked for `*` before it lets anybody in.
    private static func starList(_ code: CodeText) -> Int? {
        guard code.bare.contains(where: { $0.contains(".includes('*')") && $0.lowercased().contains("origin") }) else {
            return nil
        }
        return code.bare.firstIndex { line in
            line.lowercased().contains("origin") && line.contains("process.env.")
                && ["||'*'", "??'*'", "||['*']", "??['*']"].contains(where: line.contains)
        }
    }
}

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
        ],
        passes: [
            ["shop/settings.py": "CORS_ALLOW_ALL_ORIGINS = os.environ.get('CORS_ALL', 'False') == 'True'\n"],
            ["shop/settings.py": "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True\n"],
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
        guard code.line(with: "allow_credentials=True") != nil else { return nil }
        let list = code.bare.firstIndex { line in
            let name = line.prefix { $0 != "=" }.lowercased()
            return (line.contains("allow_origins=") || name.hasSuffix("origins") || name.hasSuffix("origins:list[str]"))
                && (line.contains(",'*')") || line.contains("or['*']")) && line.contains("env")
        }
        return list.map { $0 + 1 }
    }

    private static func script(_ code: CodeText) -> Int? {
        guard code.line(with: "credentials:true") != nil else { return nil }
        return code.bare.firstIndex { line in
            line.contains("origin:process.env.") && (line.contains("||true") || line.contains("??true"))
        }.map { $0 + 1 }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// `from .base import *` copies values, and computes none of them anew.
    static let inheritedDebug = Rule(
        "EN454", .warning, "production's settings inherit what the base computed while DEBUG was on",
        why:
            "The base is read to its end before production says DEBUG = False. What it has made of DEBUG until then stays: "
            + "every origin may ask, or cookies are sent without TLS.",
        catches: [
            [
                "shop/settings.py": "DEBUG = True\n\nCORS_ALLOW_ALL_ORIGINS = DEBUG\n",
                "shop/settings_production.py": "from .settings import *\n\nDEBUG = False\n",
            ],
            [
                "shop/settings/base.py": "DEBUG = True\nSESSION_COOKIE_SECURE = not DEBUG\n",
                "shop/settings/prod.py": "from shop.settings.base import *\nDEBUG = env.bool('DEBUG', False)\n",
            ],
        ],
        passes: [
            [
                "shop/settings.py": "DEBUG = True\n\nCORS_ALLOW_ALL_ORIGINS = DEBUG\n",
                "shop/settings_production.py":
                    "from .settings import *\n\nDEBUG = False\nCORS_ALLOW_ALL_ORIGINS = False\n",
            ],
            [
                "shop/settings.py": "DEBUG = env.bool('DEBUG')\n\nCORS_ALLOW_ALL_ORIGINS = DEBUG\n",
                "shop/settings_production.py": "from .settings import *\n\nDEBUG = False\n",
            ],
            ["shop/settings.py": "DEBUG = True\n\nCORS_ALLOW_ALL_ORIGINS = DEBUG\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let settings = PythonSettings.all(in: repository)
        guard settings.count > 1 else { return [] }
        return settings.flatMap { base -> [Violation] in
            guard let start = base.lines.firstIndex(where: { bare($0) == "DEBUG=True" }) else { return [] }
            let stem = String(SourceTree.Entry(path: base.path).name.dropLast(".py".count))
            return base.lines.indices.dropFirst(start + 1).compactMap { index in
                guard let found = derived(base.lines[index]),
                    let heir = settings.first(where: { file in
                        file.path != base.path && inherits(file.lines, from: stem) && isProduction(file.path)
                            && !file.lines.contains { $0.contains(found.name) }
                    })
                else { return nil }
                return Violation(
                    file: base.path, line: index + 1,
                    "\(heir.path) switches DEBUG off after this; add there: \(found.name) = \(found.value)")
            }
        }
    }

    private static func bare(_ line: Substring) -> String {
        let code = line.first == " " || line.first == "\t" ? "" : line.prefix { $0 != "#" }
        return code.filter { !$0.isWhitespace }
    }

    private static func derived(_ line: Substring) -> (name: String, value: String)? {
        let text = bare(line)
        if let name = ["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"].first(where: { text == $0 + "=DEBUG" }) {
            return (name, "False")
        }
        let secure = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
        return secure.first { text == $0 + "=notDEBUG" }.map { ($0, "True") }
    }

    /// Whether it takes everything from the module and then says itself what DEBUG is.
    private static func inherits(_ lines: [Substring], from stem: String) -> Bool {
        guard
            let start = lines.firstIndex(where: { line in
                let words = line.split { $0 == " " || $0 == "\t" }
                guard words.count >= 4, words[0] == "from", words[2] == "import", words[3] == "*" else { return false }
                return words[1].split(separator: ".").last.map(String.init) == stem
            })
        else { return false }
        return lines[start...].contains { bare($0).hasPrefix("DEBUG=") && bare($0) != "DEBUG=True" }
    }

    private static func isProduction(_ path: String) -> Bool {
        let name = SourceTree.Entry(path: path).name.lowercased()
        return ["prod", "deploy", "live", "server"].contains(where: name.contains)
    }
}

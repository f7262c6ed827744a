// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Code, settings and databases for everybody.
    static let servesItself = Rule(
        "EN249", .warning, "the server hands out its own folder",
        why:
            "Whoever asks for /package.json, /server.js or the database's file gets it: the folder of the program is not one "
            + "for visitors.",
        catches: [
            ["server.js": "app.use(express.static(__dirname))\n"], ["server.js": "app.use(express.static('.'))\n"],
            ["main.py": "app.mount(\"/\", StaticFiles(directory=\".\", html=True))\n"],
            ["app.py": "@app.route('/<path:path>')\ndef page(path):\n    return send_from_directory('.', path)\n"],
            ["main.go": "http.Handle(\"/\", http.FileServer(http.Dir(\".\")))\n"],
        ],
        passes: [
            ["server.js": "app.use(express.static(path.join(__dirname, 'public')))\n"],
            ["main.py": "app.mount(\"/static\", StaticFiles(directory=\"static\"))\n"],
            ["main.go": "http.Handle(\"/\", http.FileServer(http.Dir(\"./public\")))\n"],
        ]
    ) { repository in
        let signs = [
            "express.static(__dirname))", "express.static('.'))", "express.static('./'))",
            "express.static(process.cwd()))",
            "StaticFiles(directory='.')", "StaticFiles(directory='.',", "StaticFiles(directory='./'",
            "send_from_directory('.',path", "send_from_directory('.',filename",
            "http.FileServer(http.Dir('.'))", "http.FileServer(http.Dir('./'))",
            "express.static(path.join(__dirname)))", "static_folder='.'",
        ]
        return repository.code(
            [".js", ".ts", ".mjs", ".cjs", ".py", ".go"], with: ["static", "Static", "FileServer", "send_from"]
        ).compactMap { code in
            let folder = SourceTree.Entry(path: code.path).directory
            guard let line = code.line(withAny: signs),
                !["public", "dist", "static", "www", "examples"].contains(where: folder.contains)
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "source and settings can be fetched; put the pages into a folder of their own: public")
        }
    }

    /// One password for all installations.
    static let comparedPassword = Rule(
        "EN250", .warning, "a login compares the password with a text in the code",
        why:
            "Whoever reads the repository can log in at every installation, and nobody can change the password without a "
            + "release.",
        catches: [
            ["src/login.js": "if (username === 'admin' && password === 'admin123') {\n  return ok()\n}\n"],
            [
                "app.py":
                    "if request.form['username'] == 'admin' and request.form['password'] == 'admin123':\n    login()\n"
            ],
            ["src/main/java/Login.java": "if (\"admin123\".equals(password)) { ok(); }\n"],
            ["auth.py": "correct_password = \"swordfish\"\nif given.password != correct_password:\n    refuse()\n"],
            [
                "src/main/java/Register.java":
                    "private static final String REGISTER_SECRET = \"swordfish-42\";\nif (!REGISTER_SECRET.equals(form.getCode())) refuse();\n"
            ],
        ],
        passes: [
            ["src/login.js": "if (username === 'admin' && password === process.env.ADMIN_PASSWORD) ok()\n"],
            ["src/form.js": "if (type === 'password' || field === 'password') show()\n"],
            ["src/form.js": "if (password === '') refuse()\n"],
            ["tests/login.js": "if (password === 'admin123') ok()\n"],
        ]
    ) { repository in
        repository.code(
            [".js", ".ts", ".jsx", ".tsx", ".py", ".java", ".kt", ".go", ".php", ".rb", ".cs"],
            with: ["assword", "SECRET", "INVITE"]
        ).compactMap { code in
            let index = code.bare.firstIndex { line in
                [
                    "password==='", "password=='", "password']=='", "Password==='", "Password=='", "$password=='",
                    "$password==='",
                ].contains { opening in
                    guard let range = TextSearch.range(of: opening, in: line[...]) else { return false }
                    return isPassword(line[range.upperBound...].prefix { $0 != "'" })
                }
                    || line.contains("'.equals(password)")
                        && isPassword(line.prefix(while: { $0 != "." }).split(separator: "'").last ?? "")
                    || comparedConstant(line).map { name in
                        code.bare.contains { text in
                            ["\(name).equals(", "==\(name)", "!=\(name)"].contains(where: text.contains)
                                || text.contains("compare_digest(") && text.contains(name)
                        }
                    } == true
            }
            guard let index, !["seed", "valid", "strength"].contains(where: code.path.lowercased().contains) else {
                return nil
            }
            return Violation(
                file: code.path, line: index + 1,
                "everybody can read the password; compare a hash that stands in the database, or in a variable")
        }
    }

    /// What guides call the value that the visitor's is compared with.
    private static let expected = [
        "correct_password", "expected_password", "valid_password", "admin_password", "correctpassword",
        "expectedpassword", "adminpassword", "correct_password_bytes",
    ]

    /// `REGISTER_SECRET = "..."`, `correct_password = "..."`: the name of what opens something.
    private static func comparedConstant(_ line: String) -> Substring? {
        guard
            let equals = TextSearch.range(of: "='", in: line[...]) ?? TextSearch.range(of: "=b'", in: line[...])
        else { return nil }
        let before = line[..<equals.lowerBound]
        if let word = expected.first(where: before.lowercased().hasSuffix),
            isPassword(line[equals.upperBound...].prefix { $0 != "'" })
        {
            return before.suffix(word.count)
        }
        var start = before.endIndex
        while start > before.startIndex {
            let next = before.index(before: start)
            guard before[next].isUppercase || before[next] == "_" else { break }
            start = next
        }
        // Java writes the type before the name, without a blank here.
        let name = before[start...]
        let words = ["SECRET", "PASSWORD", "PASSCODE", "INVITE", "ADMIN_KEY", "ADMIN_CODE", "REGISTER"]
        guard words.contains(where: name.contains), isPassword(line[equals.upperBound...].prefix { $0 != "'" }) else {
            return nil
        }
        return name
    }

    private static func isPassword(_ value: Substring) -> Bool {
        value.utf8.count >= 4 && value.contains(where: \.isLowercase)
            && !["password", "text", "string", "undefined", "object", "required", "null"].contains(value.lowercased())
            && !value.contains("/") && !value.contains(" ") && !value.contains("{")
    }

    /// The whole database belongs to everybody.
    static let openRules = Rule(
        "EN251", .warning, "the rules of Firebase let everybody read and write",
        why:
            "The database is reached from every browser: whoever has the project's name, which stands in the page, reads, "
            + "changes and deletes all of it.",
        catches: [
            ["firestore.rules": "match /{document=**} {\n  allow read, write: if true;\n}\n"],
            ["database.rules.json": "{\n  \"rules\": {\n    \".read\": true,\n    \".write\": true\n  }\n}\n"],
            ["storage.rules": "match /{all=**} {\n  allow write;\n}\n"],
        ],
        passes: [
            ["firestore.rules": "match /{document=**} {\n  allow read, write: if request.auth != null;\n}\n"],
            [
                "firestore.rules":
                    "match /posts/{id} {\n  allow read: if true;\n  allow write: if request.auth.uid == resource.data.owner;\n}\n"
            ],
        ]
    ) { repository in
        repository.tree.entries.compactMap { entry in
            guard entry.name.hasSuffix(".rules") || entry.name.hasSuffix(".rules.json"),
                !DevelopmentPath.isLikely(entry.path),
                let text = repository.tree.text(entry.path)
            else { return nil }
            let code = CodeText(path: entry.path, text: text)
            guard
                let index = code.bare.firstIndex(where: { line in
                    line.contains("'.write':true") || line.contains("'.write':'true'")
                        || line.hasPrefix("allow") && line.contains("write")
                            && (line.contains(":iftrue") || line.hasSuffix("write;"))
                })
            else { return nil }
            return Violation(
                file: entry.path, line: index + 1, "everybody may write; ask for a login: if request.auth != null")
        }
    }

    /// Every machine of the world tries passwords there.
    static let openSecurityGroup = Rule(
        "EN252", .warning, "the network lets everybody reach a port of the inside",
        why: "Databases and shells that the whole world reaches are found and tried within minutes.",
        catches: [
            [
                "main.tf":
                    "ingress {\n  from_port   = 5432\n  to_port     = 5432\n  protocol    = \"tcp\"\n  cidr_blocks = [\"0.0.0.0/0\"]\n}\n"
            ],
            ["db.tf": "resource \"aws_db_instance\" \"a\" {\n  publicly_accessible = true\n}\n"],
        ],
        passes: [
            ["main.tf": "ingress {\n  from_port   = 443\n  to_port     = 443\n  cidr_blocks = [\"0.0.0.0/0\"]\n}\n"],
            ["main.tf": "ingress {\n  from_port   = 5432\n  to_port     = 5432\n  cidr_blocks = [var.vpc_cidr]\n}\n"],
            ["main.tf": "egress {\n  from_port   = 0\n  to_port     = 0\n  cidr_blocks = [\"0.0.0.0/0\"]\n}\n"],
        ]
    ) { repository in
        repository.code([".tf"], with: ["0.0.0.0/0", "publicly_accessible"]).flatMap { code -> [Violation] in
            let ports = ["22", "3306", "5432", "6379", "27017", "9200", "3389", "1433", "5672", "11211", "2375"]
            return code.bare.indices.compactMap { index in
                if code.bare[index] == "publicly_accessible=true" {
                    return Violation(
                        file: code.path, line: index + 1,
                        "the database has a public address; write: publicly_accessible = false")
                }
                guard let port = ports.first(where: { code.bare[index] == "from_port=\($0)" }) else { return nil }
                let block = code.bare[max(0, index - 3)...min(index + 6, code.bare.count - 1)]
                let rest = code.bare[index...min(index + 6, code.bare.count - 1)].prefix { $0 != "}" }
                guard rest.contains(where: { $0.contains("'0.0.0.0/0'") }),
                    !block.contains(where: { $0.hasPrefix("egress") || $0.contains("type='egress'") })
                else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "everybody reaches port \(port); name the networks that may: cidr_blocks = [var.vpc_cidr]")
            }
        }
    }
}

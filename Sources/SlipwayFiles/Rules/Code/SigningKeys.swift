// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever reads the code signs in as anybody.
    static let literalSigningKey = Rule(
        "EN248", .warning, "sessions or tokens are signed with a text that stands in the code",
        why: "Whoever can read the repository makes a valid session or token for every account of every installation.",
        catches: [
            ["server.js": "app.use(session({\n  secret: 'keyboard cat',\n  resave: false,\n}))\n"],
            ["src/auth.js": "const token = jwt.sign({ id: user.id }, 'shop-secret', { expiresIn: '1h' })\n"],
            ["app.py": "app = Flask(__name__)\napp.secret_key = 'swordfish'\n"],
            ["app.py": "app.config['JWT_SECRET_KEY'] = 'swordfish'\n"],
            ["src/auth.module.ts": "JwtModule.register({\n  secret: 'swordfish',\n})\n"],
            ["auth.go": "var jwtKey = []byte(\"swordfish\")\n"],
            ["src/auth/constants.ts": "export const jwtConstants = {\n  secret: 'swordfish',\n};\n"],
            ["config/constants.go": "const (\n\tJWTSecret = \"swordfish\"\n)\n"],
            ["src/main/java/Jwt.java": "private static final String SECRET_KEY = \"c3dvcmRmaXNoc3dvcmRmaXNo\";\n"],
            ["Sources/App/configure.swift": "app.jwt.signers.use(.hs256(key: \"swordfish\"))\n"],
            ["auth.py": "token = jwt.encode(payload, \"swordfish\", algorithm=\"HS256\")\n"],
        ],
        passes: [
            ["server.js": "app.use(session({ secret: process.env.SESSION_SECRET }))\n"],
            ["src/auth.js": "const token = jwt.sign({ id: user.id }, process.env.JWT_SECRET)\n"],
            ["app.py": "app.secret_key = os.environ['SECRET_KEY']\n"],
            ["test/auth.js": "jwt.sign({}, 'swordfish')\n"],
            ["config.py": "class TestingConfig(Config):\n    TESTING = True\n    SECRET_KEY = 'test-secret-key'\n"],
            ["auth.go": "var jwtKey = []byte(os.Getenv(\"JWT_KEY\"))\n"],
        ]
    ) { repository in
        repository.code(
            [".js", ".ts", ".mjs", ".cjs", ".py", ".go", ".java", ".kt", ".php", ".rb", ".cs", ".swift"],
            with: ["ecret", "SECRET", "jwt", "Jwt"]
        ).compactMap { code in
            let isPage = ["client/", "frontend/", "seed", "script"].contains(where: code.path.lowercased().contains)
            guard !isPage, let line = SigningKey.line(in: code) else { return nil }
            return Violation(
                file: code.path, line: line,
                "everybody can read this key; take it from a variable, and end without it: "
                    + SigningKey.variable(in: code.bare[line - 1].lowercased()))
        }
    }
}

/// Where code hands a key to what signs with it.
private enum SigningKey {
    /// What people call it, by the line in small letters.
    static func variable(in line: String) -> String {
        if line.contains("jwt") { return "JWT_SECRET" }
        if line.contains("cookieparser(") { return "COOKIE_SECRET" }
        return line.contains("secret_key") || line.contains("secretkey") ? "SECRET_KEY" : "JWT_SECRET"
    }

    static func line(in code: CodeText) -> Int? {
        for (index, line) in code.bare.enumerated() where line.contains("'") {
            if handsOn(line) || isPart(line, at: index, of: code), !PythonScope.isForTests(at: index, in: code.lines) {
                return index + 1
            }
        }
        return nil
    }

    /// The key stands in the call itself, or in the name that it is given.
    private static func handsOn(_ line: String) -> Bool {
        for opening in ["jwt.sign(", "jwt.verify(", "jwt.encode(", "jwt.decode(", "JWT.encode(", "JWT.decode("] {
            guard let range = TextSearch.range(of: opening, in: line[...]),
                let key = secondArgument(of: line[range.upperBound...])
            else { continue }
            return isKey(key)
        }
        let names = [
            "app.secret_key='", "app.config['SECRET_KEY']='", "app.config['JWT_SECRET_KEY']='",
            "app.config['JWT_SECRET']='",
            "cookieParser('", "SECRET_KEY='", "JWT_SECRET='", "JWT_SECRET_KEY='", "jwtSecret='", "secretKey='",
            "jwtKey=[]byte('",
            "JwtKey=[]byte('", "jwtSecret=[]byte('", "mySigningKey=[]byte('", "secretKey=[]byte('",
            "SecretKey=[]byte('", "SECRET='",
            "define('JWT_SECRET','", "$secret_key='", "SigningKey([]byte('", "StringSECRET_KEY='", "JWTAuth(app,'",
            "JWTSecret='", "JwtSecret='", "JWTSecretKey='", "jwtSecretKey='", "JWTKey='", "TokenSecret='",
            "tokenSecret='", "JWT_KEY='", "hs256(key:'", "hs384(key:'", "hs512(key:'", "add(hmac:'",
        ]
        for name in names {
            guard let range = TextSearch.range(of: name, in: line[...]) else { continue }
            let before = line[..<range.lowerBound].last
            guard
                before.map({ !$0.isLetter && $0 != "_" && $0 != "." }) ?? true || name.contains("(")
                    || line.contains("String" + name) || line.hasPrefix("const" + name) || line.hasPrefix("let" + name)
                    || line.hasPrefix("var" + name)
                    || line.hasPrefix("exportconst" + name)
            else { continue }
            return isKey(String(line[range.upperBound...].prefix { $0 != "'" }))
        }
        return false
    }

    /// `secret: 'text'` inside the options of a session or a token.
    private static func isPart(_ line: String, at index: Int, of code: CodeText) -> Bool {
        for name in ["secret:'", "secretOrKey:'", "secretOrPrivateKey:'", "keys:['"] {
            guard let range = TextSearch.range(of: name, in: line[...]),
                isKey(String(line[range.upperBound...].prefix { $0 != "'" }))
            else { continue }
            let before = code.bare[max(0, index - 4)...index].joined()
            let owners = [
                "session({", "Session({", "JwtModule.register", "super({", "expressJwt({", "jwt({", "cookieSession({",
                "fastifyJwt,{", "expressjwt({",
                // What NestJS's guide calls the file of its own for it.
                "jwtConstants={", "jwtConfig={", "JWT_CONFIG={", "jwtOptions={",
            ]
            if owners.contains(where: before.contains) { return true }
        }
        return false
    }

    /// The second argument of a call, when it is a text.
    private static func secondArgument(of text: Substring) -> String? {
        var depth = 0
        var rest = text
        while let first = rest.first {
            rest = rest.dropFirst()
            if "([{".contains(first) { depth += 1 }
            if ")]}".contains(first) { depth -= 1 }
            if depth < 0 { return nil }
            guard first == ",", depth == 0 else { continue }
            if rest.hasPrefix("b'") { rest = rest.dropFirst() }
            return rest.first == "'" ? String(rest.dropFirst().prefix { $0 != "'" }) : nil
        }
        return nil
    }

    private static func isKey(_ value: String) -> Bool {
        value.utf8.count >= 4 && !value.contains("$") && !value.contains("{") && !value.hasPrefix("/")
            && !value.contains("://")
            && !["base64", "utf8", "HS256", "RS256", "JWT_SECRET", "SECRET_KEY", "hex"].contains(value)
            && value.contains(where: \.isLowercase)
            && !value.hasPrefix("auth.") && !value.hasPrefix("jwt.")
    }
}

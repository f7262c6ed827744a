// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An account with rights whose password stands in the program, in the spelling of each language.
struct ConstantAccount {
    /// One-based.
    let line: Int
    /// Whether the text only counts where a variable is not set.
    let isFallback: Bool

    /// - Parameter isSeed: Whether the file says by its name that it makes accounts; any other must also write one down.
    static func first(in code: CodeText, isSeed: Bool) -> ConstantAccount? {
        if code.path.hasSuffix(".sql") {
            return InsertedAccount.line(in: code).map { Self(line: $0, isFallback: false) }
        }
        for (index, line) in code.bare.enumerated() where isWorthReading(line) {
            let isFallback = isSeed && fallsBack(line)
            guard isFallback || ConstantPassword.isHashed(line) || ConstantPassword.isPlain(line) else { continue }
            // What follows is only for developers.
            if code.bare[...index].contains(where: isGuard) { return nil }
            // The account's rights stand around its password, or its name says them.
            let near = code.bare[max(0, index - 14)...min(index + 14, code.bare.count - 1)]
            guard hasRights(near.joined().lowercased()),
                isSeed || near.contains(where: writes)
                    || line.lowercased().contains("admin") && code.bare.contains(where: writes)
            else { continue }
            return Self(line: index + 1, isFallback: isFallback)
        }
        return nil
    }

    /// Most lines have no text, or none of these words; this is asked of every one.
    private static func isWorthReading(_ line: String) -> Bool {
        let bytes = line.utf8
        guard bytes.count < 400, bytes.contains(UInt8(ascii: "'")) else { return false }
        return ["ass", "ASS", "ash", "rypt", "superuser", "reateAsync", "ncode", "byte", "ashPin"].contains {
            ByteSearch.contains($0.utf8, in: bytes)
        }
    }

    private static let rights = ["admin", "superuser", "director", "manager", "root@", "owner", "staff"]

    private static func hasRights(_ text: String) -> Bool { rights.contains(where: text.contains) }

    /// Calls that put a row into a table.
    private static let writing = [
        "insertinto", ".create({", ".create(", ".createuser(", "create_user(", "create_superuser(", ".upsert(",
        ".save(",
        "session.add(", "db.add(", "newuser(", "updateorcreate(", "firstorcreate(", "createmany(", "insertmany(",
        "insertone(", "findorcreate(", ".builder()", "createasync(", "get_or_create(", "update_or_create(",
        "setpassword(", "set_password(", "create!(", "find_or_create_by", "repo.insert", ".insert(", "add_user(",
    ]

    private static func writes(_ line: String) -> Bool {
        let lower = line.lowercased()
        return writing.contains(where: lower.contains)
    }

    /// Whether what follows is only for developers: `if (env === 'production') return`, `@Profile("dev")`.
    private static func isGuard(_ line: String) -> Bool {
        let words = [
            "production", ":prod", "IsDevelopment", "app()->environment", "app.debug", "settings.DEBUG", "@Profile(",
            "ifDEBUG", "ENV','dev", "env.development?", "env.local?", "=='development'",
        ]
        guard words.contains(where: line.contains) else { return false }
        if line.contains("@Profile(") { return !line.contains("prod") || line.contains("!prod") }
        return ["if", "unless", "guard", "&&", "?", "case", "when"].contains(where: line.contains)
    }

    /// `process.env.ADMIN_PASSWORD || 'text'`, `os.getenv('ADMIN_PASSWORD', 'text')`.
    private static func fallsBack(_ line: String) -> Bool {
        let lower = line.lowercased()
        let others = ["mail", "db_", "database", "postgres", "mysql", "smtp", "redis", "mongo"]
        guard lower.contains("env"), lower.contains("password"), !others.contains(where: lower.contains) else {
            return false
        }
        let openings = [
            "password||'", "password??'", "password']||'", "password']??'", "password','", "password',default='",
        ]
        return openings.contains { opening in
            ConstantPassword.value(after: opening, in: lower).map { $0.utf8.count >= 3 } == true
        }
    }
}

/// Passwords that are written out.
enum ConstantPassword {
    private static let hashing = [
        "hash('", "hashsync('", "hashpassword('", "hash_password('", "make('", "bcrypt('", "set_password('", "encode('",
        "password_hash('", "hashpw('", "hash_pwd_salt('", "get_password_hash('", "generate_password_hash('",
        "hashpw(b'", "hashpin('", "[]byte('", "setpassword('", "password_digest('",
    ]
    private static let naming = [
        "password:'", "'password':'", "password='", "'password'=>'", "password=>'", "password=string('", "password','",
    ]
    private static let dynamic = ["env", "process.", "faker", "random", "config(", "input(", "prompt(", "$_", "req."]

    /// `hash('text'`, `create_superuser('admin', 'a@b.c', 'text')`
    static func isHashed(_ line: String) -> Bool {
        let lower = line.lowercased()
        guard !dynamic.contains(where: lower.contains) else { return false }
        let isDigest = hashing.contains { opening in
            // These are methods of many things.
            let isVague = ["make('", "encode('", "hash('", "[]byte('"].contains(opening)
            if isVague, !["pass", "pwd", "bcrypt", "argon", "hash::"].contains(where: lower.contains) { return false }
            return value(after: opening, in: lower).map(isPassword) == true
        }
        return isDigest || arguments(of: lower).last.map(isPassword) == true
    }

    /// `password: 'text'`, `"password": "text"`
    static func isPlain(_ line: String) -> Bool {
        let lower = line.lowercased()
        // "password": "LDAP" is the name of a way to log in.
        let isCapitals = ["assword':'", "assword:'", "assword='"].contains { opening in
            guard let range = TextSearch.range(of: opening, in: line[...]) else { return false }
            return line[range.upperBound...].prefix { $0 != "'" }.allSatisfy { $0.isUppercase || $0 == "_" }
        }
        if isCapitals { return false }
        guard !dynamic.contains(where: lower.contains), !lower.contains("label"), !lower.contains("message") else {
            return false
        }
        return naming.contains { opening in
            guard let found = value(after: opening, in: lower) else { return false }
            // `'password', 'email'` is a list of names.
            if opening == "password','", !lower.contains("create") && !lower.contains("set") { return false }
            return isPassword(found) && !names.contains(found)
        }
    }

    /// What stands between the quotes when the opening is there.
    static func value(after opening: String, in line: String) -> String? {
        guard let range = TextSearch.range(of: opening, in: line[...]) else { return nil }
        let value = line[range.upperBound...].prefix { $0 != "'" }
        guard !["$", "<", "{", "%"].contains(where: value.contains) else { return nil }
        return String(value)
    }

    /// Words of forms, of types and of columns.
    private static let names: Set<String> = [
        "password", "text", "string", "hidden", "varchar", "hashed", "required", "email", "username", "binary",
        "bcrypt",
        "new-password", "current-password", "credentials", "local", "name", "role", "char", "utf8", "utf-8", "sha256",
    ]

    private static func isPassword(_ value: String) -> Bool {
        value.utf8.count >= 3 && value.utf8.count <= 40 && !value.hasPrefix("$2") && !value.contains("|")
            && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && !["utf8", "utf-8", "sha256", "hex", "base64"].contains(value)
    }

    /// The constant texts of a call whose last one is a password.
    private static func arguments(of line: String) -> [String] {
        for call in ["create_superuser(", "createasync(", "createsuperuser("] {
            guard let range = TextSearch.range(of: call, in: line[...]) else { continue }
            let inside = line[range.upperBound...].prefix { $0 != ")" }
            let parts = inside.split(separator: ",").map(String.init)
            guard parts.count >= 2, let last = parts.last else { return [] }
            let value = last.split(separator: "=").last.map(String.init) ?? last
            guard value.hasPrefix("'"), value.hasSuffix("'"), value.utf8.count > 4 else { return [] }
            let text = String(value.dropFirst().dropLast())
            return text.contains("$") || text.contains("{") || text.contains("@") ? [] : [text]
        }
        return []
    }
}

/// `INSERT INTO users (name, password, role) VALUES ('admin', 'text', 'ADMIN')`
private enum InsertedAccount {
    private static let columns: Set<String> = [
        "password", "passwd", "pwd", "pass", "user_password", "userpassword", "pin",
    ]
    private static let rights = ["admin", "root", "super", "manager", "owner", "staff"]

    static func line(in code: CodeText) -> Int? {
        for (index, line) in code.lines.enumerated() {
            let lower = line.lowercased()
            guard let start = TextSearch.range(of: "insert into ", in: lower[...]) else { continue }
            let end = min(code.lines.count, index + 12)
            let rest = ([String(lower[start.upperBound...])] + code.lines[(index + 1)..<end].map { $0.lowercased() })
                .joined(separator: "\n")
            guard let names = group(in: rest[...]), let values = group(in: names.after, skipping: "values"),
                let place = names.items.firstIndex(where: columns.contains), place < values.items.count,
                let isRightful = Optional(values.items.contains { item in rights.contains(where: item.contains) }),
                isRightful, let password = text(of: values.items[place])
            else { continue }
            guard (3...30).contains(password.utf8.count), !password.hasPrefix("$"), !password.contains("{") else {
                continue
            }
            return index + 1
        }
        return nil
    }

    /// `'text'`, `crypt('text', gen_salt('bf'))`
    private static func text(of item: String) -> String? {
        var item = item[...]
        for call in ["crypt(", "md5(", "sha1(", "sha2(", "password("] where item.hasPrefix(call) {
            item = item.dropFirst(call.count)
        }
        guard item.first == "'" else { return nil }
        return String(item.dropFirst().prefix { $0 != "'" })
    }

    /// What stands between the next pair of brackets, cut at its own commas.
    private static func group(in text: Substring, skipping word: String? = nil) -> (items: [String], after: Substring)?
    {
        var text = text
        if let word {
            guard let range = TextSearch.range(of: word, in: text) else { return nil }
            text = text[range.upperBound...]
        }
        guard let open = text.firstIndex(of: "(") else { return nil }
        if let stop = text.firstIndex(of: ";"), stop < open { return nil }
        var items = [""]
        var depth = 0
        var isQuoted = false
        var place = text.index(after: open)
        while place < text.endIndex {
            let character = text[place]
            place = text.index(after: place)
            if character == "'" { isQuoted.toggle() }
            if !isQuoted {
                if character == "(" { depth += 1 }
                if character == ")" {
                    if depth == 0 { return (items.map(\.trimmed).map(bare), text[place...]) }
                    depth -= 1
                }
                if character == ",", depth == 0 {
                    items.append("")
                    continue
                }
            }
            items[items.count - 1].append(character)
        }
        return nil
    }

    private static func bare(_ name: String) -> String { name.filter { $0 != "\"" && $0 != "`" } }
}

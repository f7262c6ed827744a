// SPDX-License-Identifier: Apache-2.0

/// The places in JavaScript that cannot work without the value that they are handed: what signs, what logs in to send
/// mail, what a library's client is made with.
struct JavaScriptSinks {
    /// Constructors that throw without a key (their own sources: stripe-node, resend-node, openai-node).
    private static let clients = ["Stripe", "Resend", "OpenAI"]
    private static let clientKeys: Set<String> = ["apiKey", "api_key", "apikey", "appid", "x-api-key"]
    private static let mailKeys: Set<String> = ["user", "pass", "service", "host"]
    /// What Firebase's web library asks for before it signs anybody in; the rest of its settings may be missing.
    private static let firebaseKeys: Set<String> = ["apiKey", "authDomain", "projectId", "appId"]

    let code: Code
    private let importsTokens: Bool
    private let importsSupabase: Bool

    init(_ code: Code) {
        self.code = code
        let modules = (0..<code.count).compactMap { index in
            code.isWord(index, "from") || code.isWord(index, "require") && code.isMark(index + 1, "(")
                ? code.string(index + 1) ?? code.string(index + 2) : nil
        }
        importsTokens = modules.contains("jsonwebtoken")
        importsSupabase = modules.contains { $0.hasPrefix("@supabase/") }
    }

    /// Whether the value that stands between two tokens goes to such a place as it is.
    /// - Parameter isBaked: Whether a bundler writes the value into what browsers load.
    func takes(_ start: Int, _ end: Int, isBaked: Bool) -> Bool {
        guard code.isMark(end, ",") || code.isMark(end, ")") || code.isMark(end, "}"), let open = code.parent(start),
            !isChoice(start)
        else { return false }
        if code.isMark(open, "(") {
            guard let place = code.arguments(open).firstIndex(where: { $0.lowerBound == start }) else { return false }
            return isTaken(argument: place, of: open)
        }
        guard code.isMark(open, "{") else { return false }
        // `{ apiKey }` where a constant has the same name.
        if code.isMark(start - 1, "{") || code.isMark(start - 1, ",") {
            return code.word(start).map { isTaken(key: $0, in: open, isBaked: isBaked) } ?? false
        }
        guard code.isMark(start - 1, ":"), let key = code.word(start - 2) ?? code.string(start - 2) else {
            return false
        }
        return isTaken(key: key, in: open, isBaked: isBaked)
    }

    /// Whether the place is one of several that are chosen between: `if (kind === "smtp") { … }`, `case "smtp":`. What
    /// is made once when it is missing, and what only production has, is no choice.
    private func isChoice(_ start: Int) -> Bool {
        var index = start
        while let open = code.parent(index) {
            index = open
            guard code.isMark(open, "{") else { continue }
            if code.isWord(open - 1, "else") { return true }
            guard code.isMark(open - 1, ")"), let condition = code.partner(open - 1) else { continue }
            if code.isWord(condition - 1, "switch") { return true }
            guard code.isWord(condition - 1, "if"), !code.isMark(condition + 1, "!") else { continue }
            if !(condition..<open).contains(where: { code.string($0) == "production" }) { return true }
        }
        return false
    }

    private func isTaken(argument place: Int, of open: Int) -> Bool {
        guard let callee = code.word(open - 1) else { return false }
        switch callee {
        case "sign", "verify":
            if !code.isMember(open - 1) { return place == 1 && importsTokens }
            let base = code.word(open - 3)?.lowercased() ?? ""
            return place == 1 && (base.contains("jwt") || base.contains("jsonwebtoken"))
        case "createHmac": return place == 1
        case "createClient", "createBrowserClient", "createServerClient": return importsSupabase && place < 2
        default: return place == 0 && code.isWord(open - 2, "new") && Self.clients.contains(callee)
        }
    }

    private func isTaken(key: String, in object: Int, isBaked: Bool) -> Bool {
        if isFirebase(object) {
            guard isBaked ? Self.firebaseKeys.contains(key) : key == "projectId" else { return false }
            return !isLookedAt(object)
        }
        if key == "secret", signsTokens(object) { return true }
        let (outer, call) = surroundings(of: object)
        guard let call, let callee = code.word(call - 1) else { return false }
        switch callee {
        case "createTransport": return Self.mailKeys.contains(key)
        case "Razorpay": return key == "key_id" || key == "key_secret"
        // Firebase's account of a server (firebase.google.com/docs/admin/setup).
        case "cert": return ["projectId", "clientEmail", "privateKey"].contains(key)
        case "session": return key == "secret" && outer.isEmpty
        case "config":
            return ["cloud_name", "api_key", "api_secret"].contains(key) && outer.isEmpty && code.isMember(call - 1)
        case "super", "JwtStrategy", "Strategy": return key == "secretOrKey"
        default: return Self.clientKeys.contains(key)
        }
    }

    /// `JwtModule.register({ secret })`, `jwtService.signAsync(payload, { secret })`, `app.register(fastifyJwt, { secret })`
    private func signsTokens(_ object: Int) -> Bool {
        var index = object
        while let open = code.parent(index) {
            index = open
            guard code.isMark(open, "("), let callee = code.word(open - 1) else { continue }
            switch callee {
            case "register", "registerAsync":
                let base = code.word(open - 3)?.lowercased() ?? ""
                let plugin = code.word(open + 1)?.lowercased() ?? ""
                return base.contains("jwt") || plugin.contains("jwt")
            case "sign", "signAsync", "verify", "verifyAsync":
                return code.word(open - 3)?.lowercased().contains("jwt") == true
            case "jwt", "expressjwt", "expressJwt": return true
            default: continue
            }
        }
        return false
    }

    /// The keys under which an object stands in others, and the bracket of the call that it is handed to.
    func surroundings(of object: Int) -> (keys: [String], call: Int?) {
        var keys: [String] = []
        var object = object
        for _ in 0..<6 {
            guard let open = code.parent(object) else { return (keys, nil) }
            if code.isMark(open, "(") { return (keys, code.isMark(object - 1, ":") ? nil : open) }
            guard code.isMark(object - 1, ":"), let key = code.word(object - 2), code.isMark(open, "{") else {
                return (keys, nil)
            }
            keys.append(key)
            object = open
        }
        return (keys, nil)
    }

    /// `{ apiKey, authDomain, projectId, … }` (firebase.google.com/docs/web/learn-more#config-object)
    private func isFirebase(_ object: Int) -> Bool {
        let keys = Set(code.arguments(object).compactMap { code.word($0.lowerBound) ?? code.string($0.lowerBound) })
        return keys.isSuperset(of: ["apiKey", "projectId"]) && (keys.contains("authDomain") || keys.contains("appId"))
    }

    /// Whether the file asks what an object holds before it uses it: `if (config.apiKey)`, `Object.values(config)`.
    private func isLookedAt(_ object: Int) -> Bool {
        guard code.isMark(object - 1, "="),
            let name = stride(from: object - 2, to: max(-1, object - 8), by: -1).lazy
                .filter({ code.isWord($0 - 1, of: ["const", "let", "var"]) }).compactMap({ code.word($0) }).first
        else { return false }
        return (0..<code.count).contains { index in
            code.isWord(index, name) && !code.isMember(index)
                && (code.afterDot(index + 1) != nil || code.isMark(index + 1, "[") || code.isMark(index - 1, "!")
                    || code.isMark(index - 1, "(") && code.isWord(index - 2, of: ["values", "entries", "keys"]))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// OAuth2Strategy requires a clientID option
    static let clientWithoutKey = Rule(
        "EN432", .warning,
        "the program makes a client at its start, and nothing gives the key without which that fails",
        why:
            "Strategies of passport and the clients of OpenAI, Stripe, Resend, Supabase and others throw when their key is "
            + "undefined. One that is made while the modules load ends the whole program, whatever the feature is worth.",
        catches: [
            [
                "auth/google.strategy.ts":
                    "import { Strategy } from 'passport-google-oauth20';\n@Injectable()\nexport class GoogleStrategy extends PassportStrategy(Strategy, 'google') {\n  constructor() {\n    super({\n      clientID: process.env.GOOGLE_CLIENT_ID,\n    });\n  }\n}\n",
                "auth/auth.module.ts": "providers: [GoogleStrategy]\n",
            ],
            ["src/pay.js": "const Stripe = require('stripe');\nconst stripe = new Stripe(process.env.STRIPE_KEY);\n"],
            ["app/ai.py": "from openai import OpenAI\nclient = OpenAI()\n", "README.md": "# Shop\n"],
            ["app/ai.py": "client = OpenAI(api_key=os.getenv(\"AI_KEY\"))\n"],
        ],
        passes: [
            [
                "src/pay.js": "const stripe = new Stripe(process.env.STRIPE_KEY);\n",
                ".env.example": "STRIPE_KEY=\n",
            ],
            ["src/pay.js": "function pay() {\n  const stripe = new Stripe(process.env.STRIPE_KEY);\n}\n"],
            ["src/pay.js": "const stripe = process.env.STRIPE_KEY ? new Stripe(process.env.STRIPE_KEY) : null;\n"],
            ["app/ai.py": "def ask():\n    return OpenAI().chat\n"],
            ["app/ai.py": "client = OpenAI(api_key=os.getenv(\"AI_KEY\", \"none\"))\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let clients = KeyedClient.all(in: repository)
        guard !clients.isEmpty else { return [] }
        let required = Set(
            (repository.app?.variables ?? []).filter {
                $0.required && $0.default == nil && !RequiredReads.isSettled($0, in: repository.tree)
            }.map(\.name))
        let kept = clients.filter { !required.contains($0.name) }
        var said: Set<String> = []
        let inCompose = repository.deployedUnits.compactMap { unit -> Violation? in
            guard let service = unit.service, let compose = unit.compose, let own = unit.app, !unit.isForDevelopment,
                !unit.mountsItsSource, let given = GivenNames.of(unit)
            else { return nil }
            let lost = kept.filter { client in
                !given.contains(client.name) && (own.directory == "." || client.file.hasPrefix(own.directory + "/"))
            }
            guard let first = lost.first else { return nil }
            said.formUnion(lost.map(\.name))
            let names = Set(lost.map(\.name)).sorted().prefix(4).joined(separator: ", ")
            return Violation(
                file: compose.location, line: service.node["environment"]?.line ?? service.line,
                "\(service.name) never gets \(names), without which \(first.client) throws at the start "
                    + "(\(first.file):\(first.line)); add: \(first.name): ${\(first.name):?}",
                severity: .error)
        }
        let nowhere = kept.compactMap { client -> Violation? in
            guard !said.contains(client.name), Deployments.exist(in: repository) || client.isAlone(in: repository),
                !UnnamedRequirements.isNamed([client.name], in: repository), said.insert(client.name).inserted
            else { return nil }
            return Violation(
                file: client.file, line: client.line,
                "\(client.client) throws without \(client.name), which no file and no document names; write it into "
                    + ".env.example and the README: \(client.name)=")
        }
        return inCompose + nowhere
    }
}

/// A client that the code makes while its modules load, from a variable that it cannot do without.
private struct KeyedClient {
    let file: String
    let line: Int
    /// How people call it.
    let client: String
    let name: String

    private static let makers: [(sign: String, client: String, fallback: String?)] = [
        ("newOpenAI(", "OpenAI's client", "OPENAI_API_KEY"), ("newStripe(", "Stripe's client", nil),
        ("newResend(", "Resend's client", "RESEND_API_KEY"), ("newGroq(", "Groq's client", "GROQ_API_KEY"),
        ("newRazorpay(", "Razorpay's client", nil), ("webpush.setVapidDetails(", "web-push", nil),
        ("neon(", "neon()", nil), ("newMongoClient(", "MongoClient", nil),
    ]
    private static let pythonMakers: [(sign: String, client: String, fallback: String?)] = [
        ("=OpenAI(", "OpenAI's client", "OPENAI_API_KEY"), ("=openai.OpenAI(", "OpenAI's client", "OPENAI_API_KEY"),
        ("=AsyncOpenAI(", "OpenAI's client", "OPENAI_API_KEY"), ("=Groq(", "Groq's client", "GROQ_API_KEY"),
        ("=create_client(", "Supabase's client", nil),
    ]
    private static let choices = ["||", "??", "?", "&&", "if("]

    static func all(in repository: CheckedRepository) -> [KeyedClient] {
        let words = [
            "clientID", "secretOrKey", "OpenAI(", "Stripe(", "Resend(", "Groq(", "Razorpay(", "setVapidDetails(",
            "neon(", "MongoClient(", "createClient(",
        ]
        let scripts = repository.code([".js", ".ts", ".mjs", ".cjs"], with: words).flatMap { code in
            isAside(code.path) ? [] : javaScript(code, repository)
        }
        let python = repository.code([".py"], with: ["OpenAI(", "Groq(", "create_client("]).flatMap { code in
            isAside(code.path) ? [] : self.python(code)
        }
        return scripts + python
    }

    /// In a repository without deployment files the guide alone says what to set.
    func isAlone(in repository: CheckedRepository) -> Bool {
        repository.documents.contains { $0.name.lowercased().hasPrefix("readme") } || !repository.isWhole
            || repository.documents.isEmpty
    }

    /// Tools that run beside the program, and pages that a bundler builds.
    private static func isAside(_ path: String) -> Bool {
        let words = path.lowercased().split { "/._-".contains($0) }
        return ["scripts", "script", "seed", "seeds", "tools", "supabase", "functions", "components", "pages"].contains
        {
            words.contains($0)
        }
    }

    private static func javaScript(_ code: CodeText, _ repository: CheckedRepository) -> [KeyedClient] {
        let text = code.lines.joined(separator: "\n")
        let isInjected = text.contains("@Injectable") && isProvided(text, code.path, repository)
        let hasPassport = text.contains("passport")
        var found: [KeyedClient] = []
        var depth = 0
        var openers: [String] = []
        for (index, line) in code.bare.enumerated() {
            let isAtStart =
                depth == 0 || isInjected && (depth == 1 || openers.dropFirst().first?.contains("constructor(") == true)
            if isAtStart, let client = made(line, text: text) {
                found.append(KeyedClient(file: code.path, line: index + 1, client: client.client, name: client.name))
            }
            if hasPassport,
                let option = ["clientID:process.env.", "secretOrKey:process.env."].first(where: line.hasPrefix),
                isStrategy(openers, code.bare[max(0, index - 4)..<index], isInjected, code.path),
                let name = variable(line, after: option)
            {
                let client = option.hasPrefix("client") ? "passport's strategy" : "passport-jwt"
                found.append(KeyedClient(file: code.path, line: index + 1, client: client, name: name))
            }
            for character in line {
                if character == "{" {
                    depth += 1
                    openers.append(line)
                } else if character == "}" {
                    depth = max(0, depth - 1)
                    if !openers.isEmpty { openers.removeLast() }
                }
            }
        }
        return found
    }

    /// Whether the options are those of a strategy that is made at the start.
    private static func isStrategy(
        _ openers: [String], _ before: ArraySlice<String>, _ isInjected: Bool, _ path: String
    ) -> Bool {
        guard !openers.contains(where: { $0.contains("if(") }),
            before.contains(where: { $0.contains("trategy(") || $0.contains("super(") })
        else { return false }
        if isInjected { return openers.contains { $0.contains("constructor(") } }
        // A file about passport alone is a function that the program calls once.
        return openers.count == 1 || openers.count == 2 && path.lowercased().contains("passport")
    }

    /// Whether a module of Nest names the class.
    private static func isProvided(_ text: String, _ path: String, _ repository: CheckedRepository) -> Bool {
        guard let range = TextSearch.range(of: "export class ", in: text[...]) else { return false }
        let name = text[range.upperBound...].prefix { $0.isLetter || $0.isNumber }
        return repository.tree.files(ending: "ts").contains { entry in
            guard entry.path != path, entry.name.contains("module"), let other = repository.tree.text(entry.path) else {
                return false
            }
            return other.contains(String(name))
        }
    }

    private static func made(_ line: String, text: String) -> (client: String, name: String)? {
        guard !choices.contains(where: line.contains) else { return nil }
        for maker in makers {
            guard let range = TextSearch.range(of: maker.sign, in: line[...]),
                range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isLetter
                    || maker.sign.hasPrefix("new")
            else { continue }
            let rest = line[range.upperBound...]
            if let name = variable(String(rest), after: "process.env.") { return (maker.client, name) }
            if rest.hasPrefix(")"), let fallback = maker.fallback { return (maker.client, fallback) }
            return nil
        }
        if line.contains("createClient(process.env."), text.contains("@supabase/supabase-js"),
            let name = variable(line, after: "createClient(process.env.")
        {
            return ("Supabase's client", name)
        }
        return nil
    }

    /// The name behind a read, when nothing else stands in for it.
    private static func variable(_ line: String, after read: String) -> String? {
        guard let range = TextSearch.range(of: read, in: line[...]), !choices.contains(where: line.contains) else {
            return nil
        }
        let name = line[range.upperBound...].prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
        return name.utf8.count > 3 && !BrowserVariables.contains(String(name)) ? String(name) : nil
    }

    private static func python(_ code: CodeText) -> [KeyedClient] {
        code.lines.enumerated().compactMap { index, raw in
            // At the file's left edge it runs when the module is imported.
            guard let first = raw.first, !first.isWhitespace else { return nil }
            let line = code.bare[index]
            guard let maker = pythonMakers.first(where: { line.contains($0.sign) }), !line.contains("if"),
                !line.contains("or'"), !line.contains("base_url"),
                let range = TextSearch.range(of: maker.sign, in: line[...])
            else { return nil }
            let rest = line[range.upperBound...]
            if rest.hasPrefix(")"), let fallback = maker.fallback {
                return KeyedClient(file: code.path, line: index + 1, client: maker.client, name: fallback)
            }
            for read in ["os.getenv('", "os.environ.get('"] {
                guard let place = TextSearch.range(of: read, in: rest) else { continue }
                let name = rest[place.upperBound...].prefix { $0 != "'" }
                guard rest[place.upperBound...].dropFirst(name.count).hasPrefix("')") else { return nil }
                return KeyedClient(file: code.path, line: index + 1, client: maker.client, name: String(name))
            }
            return nil
        }
    }
}

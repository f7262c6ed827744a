// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a dotenv file is for, by its name.
enum DotenvPurpose {
    case template, test, development, production, plain

    init(path: String) {
        // .envs/.local/.django says in its folder what other files say in their names.
        let tail = TextSearch.range(of: ".envs/", in: path[...]).map { String(path[$0.upperBound...]) }
        let words = Set(
            (tail?.replacing("/", with: ".") ?? SourceTree.Entry(path: path).name).lowercased().split {
                ".-_".contains($0)
            }.map(String.init))
        if !words.isDisjoint(with: [
            "example", "sample", "template", "dist", "tpl", "default", "defaults", "ready", "demo",
        ]) {
            self = .template
        } else if !words.isDisjoint(with: ["test", "testing", "ci", "e2e", "travis"]) || path.contains("/tests/") {
            self = .test
        } else if !words.isDisjoint(with: ["dev", "development", "local", "docker"]) {
            self = .development
        } else if !words.isDisjoint(with: ["prod", "production", "staging", "deploy", "deployment", "live"]) {
            self = .production
        } else {
            self = .plain
        }
    }
}

/// Recognises secrets by their form: issued by known providers, or private keys.
enum IssuedSecret {
    private static let prefixes: [(text: String, issuer: String, length: Int)] = [
        ("sk_live_", "Stripe", 20), ("rk_live_", "Stripe", 20), ("ghp_", "GitHub", 36), ("gho_", "GitHub", 36),
        ("github_pat_", "GitHub", 40), ("glpat-", "GitLab", 20), ("AKIA", "AWS", 20), ("ASIA", "AWS", 20),
        ("xoxb-", "Slack", 20), ("xoxp-", "Slack", 20), ("SG.", "SendGrid", 40), ("AIza", "Google", 35),
        ("sk-ant-", "Anthropic", 30), ("sk-proj-", "OpenAI", 30), ("npm_", "npm", 36), ("hf_", "Hugging Face", 30),
        ("dop_v1_", "DigitalOcean", 40), ("eyJhbGciOi", "a token service", 60),
        ("-----BEGIN", "a private key's owner", 20),
        ("https://hooks.slack.com/services/T", "Slack", 60), ("https://discord.com/api/webhooks/", "Discord", 80),
        ("key-", "Mailgun", 36), ("re_", "Resend", 30), ("shpat_", "Shopify", 30), ("pscale_pw_", "PlanetScale", 30),
    ]

    /// Who issued it; `nil` for anything else, and for obvious examples.
    static func issuer(of value: String) -> String? {
        let match = prefixes.first { value.hasPrefix($0.text) && value.utf8.count >= $0.length }
        guard let match else { return nil }
        let lower = value.lowercased()
        let isExample = [
            "example", "your", "xxxx", "mock", "test", "placeholder", "fake", "dummy", "sample", "0000", "1234567890ab",
        ]
        .contains { lower.contains($0) }
        return isExample ? nil : match.issuer
    }

    /// Whether it looks drawn at random and not typed.
    static func isRandom(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard bytes.count >= 20, !value.contains(" "), !value.contains("://"), !value.contains("$") else {
            return false
        }
        let digits = bytes.count(where: { (0x30...0x39).contains($0) })
        let letters = Set(bytes).count
        let lower = value.lowercased()
        let isTyped = [
            "secret", "password", "change", "your", "example", "key", "token", "replace", "abcdef", "123456", "xxxx",
            "here",
        ]
        .contains { lower.contains($0) }
        return digits >= 3 && letters >= 10 && !isTyped
    }
}

extension Rule<CheckedFile<Dotenv>> {
    /// Whoever can read the repository has it.
    static let committedSecret = Rule(
        "EN201", .warning, "a secret stands in a committed file",
        why: "Whoever can read the repository, now or in its history, can use the secret.",
        catches: [
            [".env": "SECRET_KEY=changethis\n"],
            [".env.example": "GITHUB_TOKEN=ghp_A8fK2mZpQ0xT5vLr9sYbNc3WdEh7JuGi1oPq\n"],
            [".env": "DATABASE_URL=postgres://app:hunter2@db.internal/app\n"],
            [".env.dev": "JWT_SECRET=change_me_in_prod_super_secret\n"],
        ],
        passes: [
            [
                ".env.prod": "DJANGO_SECRET_KEY=change-me\n",
                "app/config.py": "class Settings(BaseSettings):\n    JWT_SECRET: str\n",
                "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env.prod\n",
            ],
            [".env.example": "SECRET_KEY=\nTOKEN=<your token>\n"], [".env.test": "SECRET_KEY=test-secret\n"],
            [".env": "PUBLIC_KEY_PATH=/keys/a.pem\nTOKEN_EXPIRE_MINUTES=30\n"],
        ]
    ) { file in
        let purpose = DotenvPurpose(path: file.location)
        let isServed = purpose != .test && isDeployed(file)
        return file.document.assignments.compactMap { assignment in
            guard let value = assignment.value, !value.isEmpty, !SecretText.isPlaceholder(value), !value.hasPrefix("$")
            else {
                return nil
            }
            if isServed, SecretText.signs(assignment.name), SecretText.isSecret(name: assignment.name),
                SecretReads.isPossible(assignment.name, in: file.repository)
            {
                return Violation(
                    line: assignment.line,
                    "the container signs with \(assignment.name), which everybody can read here, so anybody can make a login; "
                        + "give env_file a file that .gitignore names",
                    severity: .error)
            }
            if let issuer = IssuedSecret.issuer(of: value) {
                return Violation(
                    line: assignment.line,
                    "\(assignment.name) holds a secret issued by \(issuer); revoke it, and write: \(assignment.name)=",
                    severity: value.hasPrefix("eyJ") ? .warning : .error)
            }
            let isSecret =
                SecretText.isSecret(name: assignment.name)
                && !["true", "false", "0", "1", "none", "null"].contains(value.lowercased())
            let password = SecretText.password(inAddress: value)
            switch purpose {
            case .test: return nil
            case .development where isSecret && !IssuedSecret.isRandom(value):
                return Violation(
                    line: assignment.line,
                    "everybody with the repository knows \(assignment.name); give every other place a value of its own, "
                        + "and write here: \(assignment.name)=",
                    severity: SecretText.signs(assignment.name) ? .warning : .info)
            case .template, .development:
                guard isSecret, IssuedSecret.isRandom(value) else { return nil }
                return Violation(
                    line: assignment.line,
                    "\(assignment.name) has a real-looking value that people will keep; write: \(assignment.name)=")
            case .plain, .production:
                guard isSecret || password != nil, value.first != "%" else { return nil }
                let isKnown = SecretText.isKnown(password ?? value)
                // A word that stands for a secret, under a name that nothing reads, opens nothing.
                if isKnown, password == nil, !SecretReads.isPossible(assignment.name, in: file.repository) {
                    return nil
                }
                let isStandIn = SecretText.isStandIn(password ?? value)
                // Nor does one that stands for the key of somebody else's service.
                if isStandIn, SecretText.isForeign(assignment.name) { return nil }
                return Violation(
                    line: assignment.line,
                    isKnown
                        ? "\(assignment.name) has a value that everybody tries first, and it is committed; "
                            + "move it to a file that .gitignore names"
                        : "\(assignment.name) is committed; change it, and move it to a file that .gitignore names",
                    severity: purpose == .production && !isStandIn ? .error : .warning)
            }
        }
    }

    /// Whether a service that is not for developers runs with the file as git has it.
    private static func isDeployed(_ file: CheckedFile<Dotenv>) -> Bool {
        guard file.repository.tracked?.contains(file.location) ?? file.repository.isWhole else { return false }
        return file.repository.composeFiles.contains { compose in
            !compose.isForDevelopment
                && compose.services.contains { service in
                    service.build != nil
                        && !(service.node["profiles"]?.texts ?? []).contains(where: DevelopmentPath.isLikely)
                        && !DevelopmentPath.isLikely(service.name)
                        // With the developer's folder in it, it is what developers start.
                        && !service.mounts.contains { mount in
                            mount.kind == .bind
                                && mount.source.flatMap(compose.resolve).map { path in
                                    path == "." || path == service.build.flatMap { compose.resolve($0.context) }
                                } == true
                        }
                        && service.environmentFiles.contains { compose.resolve($0.path) == file.location }
                }
        }
    }

    /// People copy the template and go on.
    static let knownSecretInTemplate = Rule(
        "EN202", .info, "a template gives a secret that works",
        why:
            "People copy the template and start: every installation has the same secret. An empty value makes them choose.",
        catches: [[".env.example": "SESSION_SECRET=\"super-duper-s3cret\"\n"]],
        passes: [[".env.example": "SESSION_SECRET=\nJWT_ALGORITHM=HS256\n"]]
    ) { file in
        guard DotenvPurpose(path: file.location) == .template else { return [] }
        return file.document.assignments.compactMap { assignment in
            guard let value = assignment.value, !SecretText.isPlaceholder(value),
                SecretText.isSecret(name: assignment.name),
                !IssuedSecret.isRandom(value), IssuedSecret.issuer(of: value) == nil, !value.hasPrefix("$"),
                !["true", "false", "0", "1"].contains(value.lowercased())
            else { return nil }
            return Violation(
                line: assignment.line,
                "\(assignment.name) works as it is, so nobody changes it; write: \(assignment.name)=")
        }
    }

    /// The second line wins, silently.
    static let nameTwice = Rule(
        "EN203", .warning, "a variable is given twice",
        why: "The last line wins, silently, and the first one looks like the truth.",
        catches: [[".env": "A=1\nB=2\nA=3\n"]], passes: [[".env": "A=1\nB=2\n"]]
    ) { file in
        var seen: [String: Int] = [:]
        return file.document.assignments.compactMap { assignment in
            defer { seen[assignment.name] = assignment.line }
            guard let first = seen[assignment.name] else { return nil }
            return Violation(
                line: assignment.line, "\(assignment.name) is given in line \(first) already; delete one of the lines")
        }
    }

    /// Baked into what browsers download.
    static let publicSecret = Rule(
        "EN204", .error, "a secret has a name that bundlers publish",
        why: "Bundlers put every variable with this prefix into the files that browsers download.",
        catches: [[".env.example": "VITE_API_SECRET=\n"], [".env": "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=a\n"]],
        passes: [
            [
                ".env.example":
                    "VITE_API_URL=\nNEXT_PUBLIC_SUPABASE_ANON_KEY=\nVITE_TOKEN_EXPIRES=1\nNEXT_PUBLIC_DISABLE_PASSWORD_LOGIN=1\n"
            ]
        ]
    ) { file in
        file.document.assignments.compactMap { assignment in
            guard PublicNames.publishesSecret(assignment.name) else { return nil }
            return Violation(
                line: assignment.line,
                "\(assignment.name) is published to every browser; read it on a server, under a name without the prefix"
            )
        }
    }

    /// Nobody outside this network reaches it.
    static let privateAddress = Rule(
        "EN205", .error, "browsers are sent to an address of this machine",
        why: "The address is baked into what browsers download. localhost there is the visitor's own machine, and a "
            + "private address is reached from one network only.",
        catches: [
            [".env.production": "VITE_API_URL=http://localhost:8000\n"],
            [".env.production": "REACT_APP_API_URL=http://172.20.1.25:8001\n"],
        ],
        passes: [
            [".env.production": "VITE_API_URL=/api\n"], [".env.development": "VITE_API_URL=http://localhost:8000\n"],
            [".env.example": "VITE_API_URL=http://localhost:8000\n"],
        ]
    ) { file in
        guard DotenvPurpose(path: file.location) == .production else { return [] }
        return file.document.assignments.compactMap { assignment in
            guard BrowserVariables.contains(assignment.name), let value = assignment.value,
                ServiceAddress.isAddress(value),
                let host = ServiceAddress.host(value), PrivateHost.contains(host)
            else { return nil }
            return Violation(
                line: assignment.line,
                "visitors cannot reach \(host); write a path, or the public address: \(assignment.name)=/api")
        }
    }

    /// Browsers compare origins as text.
    static let originShape = Rule(
        "EN206", .error, "an origin is written so that it never matches",
        why:
            "Browsers send an origin as scheme, host and port. Without its scheme, or with a slash at its end, it never "
            + "matches, and every request of the front end is refused.",
        catches: [
            [".env.example": "ALLOWED_CORS_ORIGINS=[\"localhost:3006\"]\n"],
            [".env": "CORS_ORIGINS=https://a.example/\n"], [".env": "ALLOWED_ORIGINS=http://a.example:80\n"],
        ],
        passes: [
            [".env": "CORS_ORIGINS=https://a.example,http://localhost:5173\n"], [".env": "CORS_ORIGINS=*\n"],
            [".env": "CORS_ORIGIN_REGEX=.*\nCORS_ORIGINS=\n"],
            [".env": "CORS_ALLOW_ORIGIN='^https?://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?$'\n"],
            [".env": "CORS_ORIGINS=${FRONTEND_URL}\n"],
        ]
    ) { file in
        file.document.assignments.compactMap { assignment in
            guard let value = assignment.value, let fault = CORSOrigins.fault(name: assignment.name, value: value)
            else { return nil }
            return Violation(
                line: assignment.line, "\(assignment.name): \(fault)",
                severity: CORSOrigins.isMild(fault) ? .warning : nil)
        }
    }

    /// Errors with source text for every visitor.
    static let debugInProduction = Rule(
        "EN207", .warning, "debug mode in a file for production",
        why: "Debug mode shows source text, settings and stack traces to every visitor, and is slow.",
        catches: [[".env.production": "DEBUG=True\n"], [".env.production": "NODE_ENV=development\n"]],
        passes: [[".env.production": "DEBUG=False\nNODE_ENV=production\n"], [".env.development": "DEBUG=True\n"]]
    ) { file in
        guard DotenvPurpose(path: file.location) == .production else { return [] }
        return file.document.assignments.compactMap { assignment in
            guard let value = assignment.value, let advice = DebugMode.advice(assignment.name, value) else {
                return nil
            }
            return Violation(line: assignment.line, "\(assignment.name)=\(value) is for development; write: \(advice)")
        }
    }
}

/// Names that bundlers publish.
enum PublicNames {
    static func publishesSecret(_ name: String) -> Bool {
        guard BrowserVariables.contains(name) || name.hasPrefix("PUBLIC_") else { return false }
        let parts = name.split(separator: "_").map(String.init)
        let last = parts.last ?? ""
        guard !["URL", "NAME", "ID", "ENABLED", "EXPIRES", "PATH", "LENGTH", "MIN", "MAX", "RESET"].contains(last)
        else { return false }
        // Switches are about secrets and hold none.
        let switches: Set<String> = ["DISABLE", "ENABLE", "ALLOW", "SHOW", "HIDE", "HAS", "IS", "USE", "REQUIRE", "NO"]
        guard !parts.contains(where: switches.contains) else { return false }
        return parts.contains { ["SECRET", "PASSWORD", "PRIVATE"].contains($0) }
            || parts.suffix(2) == ["SERVICE", "KEY"]
            || (parts.contains("SERVICE") && parts.contains("ROLE"))
    }
}

/// Hosts that only some machines reach (RFC 1918, RFC 6761).
enum PrivateHost {
    static func contains(_ host: String) -> Bool {
        if ["localhost", "127.0.0.1", "::1", "0.0.0.0"].contains(host) || host.hasSuffix(".local") { return true }
        let parts = host.split(separator: ".").compactMap { UInt8($0) }
        guard parts.count == 4 else { return false }
        return parts[0] == 10 || (parts[0] == 192 && parts[1] == 168)
            || (parts[0] == 172 && (16...31).contains(parts[1]))
    }
}

/// Lists of origins that a server lets in.
enum CORSOrigins {
    /// Whether the origin is one of the developer's own machine, beside which the public one may stand.
    static func isMild(_ fault: String) -> Bool { fault.contains("//localhost") || fault.contains("//127.0.0.1") }

    static func fault(name: String, value: String) -> String? {
        let upper = name.uppercased()
        guard upper.contains("CORS") || upper.hasSuffix("ALLOWED_ORIGINS") || upper.hasSuffix("TRUSTED_ORIGINS"),
            upper.contains("ORIGIN"),
            !upper.contains("REGEX"), !upper.contains("PATTERN"), !upper.contains("CREDENTIALS"),
            !upper.contains("ALL_ORIGINS"),
            // A regular expression.
            !value.contains("\\"), !value.contains("^"), !value.contains("("), !value.contains(".*")
        else { return nil }
        let items = value.split { ",[] \"'".contains($0) }.map(String.init)
        for item in items where item != "*" && !item.contains("$") && !item.hasPrefix("<") && !item.hasPrefix("/") {
            guard !["true", "false", "none", "null"].contains(item.lowercased()),
                item.contains(".") || item.contains(":")
            else { continue }
            guard let scheme = ServiceAddress.scheme(item) else {
                return "\(item) has no scheme; write: https://\(item)"
            }
            let rest = item.dropFirst(scheme.count + 3)
            if let port = [("http", ":80"), ("https", ":443")].first(where: {
                $0.0 == scheme && rest.hasSuffix($0.1)
            })?.1 {
                let plain = String(item.dropLast(port.utf8.count))
                if items.contains(plain) { continue }
                return "browsers leave out \(port), which is the scheme's own; write: \(plain)"
            }
            if let slash = rest.firstIndex(of: "/") {
                return "\(item) has a path; write: \(scheme)://\(rest[..<slash])"
            }
        }
        return nil
    }
}

/// Switches that show too much.
enum DebugMode {
    static func advice(_ name: String, _ value: String) -> String? {
        let lower = value.lowercased()
        let isOn = ["true", "1", "yes", "on"].contains(lower)
        switch name.uppercased() {
        case "DEBUG", "DJANGO_DEBUG", "APP_DEBUG", "FLASK_DEBUG", "LITESTAR_DEBUG", "WP_DEBUG":
            return isOn ? "\(name)=false" : nil
        case "GIN_MODE": return lower == "debug" ? "\(name)=release" : nil
        case "SPRING_PROFILES_ACTIVE": return ["dev", "development", "local"].contains(lower) ? "\(name)=prod" : nil
        case "NODE_ENV", "RAILS_ENV", "RACK_ENV", "APP_ENV", "FLASK_ENV", "MIX_ENV", "ASPNETCORE_ENVIRONMENT",
            "DOTNET_ENVIRONMENT":
            return ["development", "dev", "local"].contains(lower) ? "\(name)=production" : nil
        default: return nil
        }
    }
}

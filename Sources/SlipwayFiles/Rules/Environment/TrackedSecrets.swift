// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What git keeps stays in every clone, also after it was deleted.
    static let trackedSecret = Rule(
        "EN225", .warning, "a key or a token is kept in git",
        why: "Everybody with a copy of the repository has it, now and after it was deleted: only its owner can make it "
            + "worthless.",
        catches: [
            ["app/config.py": "STRIPE = \"sk_live_4eC39HqLyjWDarjtT1zdp7dc\"\n"],
            ["config/master.key.bak": "0f3a9c51d2b74e6680a1c4f7b9e2d315\n"],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\n# The image is pushed before, and the platform takes it from there.\n# It answers at once and goes on by itself.\ncurl -X POST \"https://api.render.com/deploy/srv-cq1m2s3t4u5v6w7x8y9z?key=Ab3dEf6hIj8\"\n"
            ],
            ["src/Games.php": "$url = 'https://api.example.com/count/?key=5F3A9C0E7B1D4286A0C9E7F1B2D34586&id=7';\n"],
            ["src/media.js": "cloudinary.config({ api_secret: 'guwZRM21cXqj7oUeoc9VHU0ULOo' })\n"],
            ["deploy/id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n"],
            ["deploy/production_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n"],
            ["gcp.json": "{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0\"}\n"],
        ],
        passes: [
            ["deploy/production_key": "no key\n"],
            [
                "src/media.js":
                    "cloudinary.config({ api_secret: process.env.API_SECRET || 'your-own-secret-of-42x17' })\n"
            ],
            ["src/Games.php": "$url = 'https://api.example.com/count/?key=' . $key;\n"],
            ["app/config.py": "import os\nSTRIPE = os.environ[\"STRIPE_KEY\"]\n"],
            ["app/config.py": "STRIPE = \"sk_live_your_key_here_example\"\n"],
            ["deploy.sh": "curl -X POST \"https://api.render.com/deploy/srv-$SERVICE?key=$RENDER_KEY\"\n"],
            ["tests/fixtures/key.pem": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n"],
            [
                "cosign.key":
                    "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6\n"
            ],
            ["deploy/server.pem": "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBg\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tracked = repository.tracked
        let forgotten = (tracked ?? []).filter { TrackedSecrets.isDotenv($0) && !repository.tree.contains($0) }
        let hidden = (tracked ?? []).filter { TrackedSecrets.isKey($0) && !repository.tree.contains($0) }
        let keys = (repository.tree.entries + hidden.sorted().map { SourceTree.Entry(path: $0) }).compactMap {
            entry -> Violation? in
            guard TrackedSecrets.isLookedAt(entry), tracked?.contains(entry.path) ?? true,
                let bytes = repository.tree.bytes(entry.path)
                    ?? repository.keptText(entry.path).map({ Array($0.utf8) }), bytes.count < 200_000,
                let found = TrackedSecrets.first(of: entry, in: bytes)
                    ?? (ConstantSecrets.isSettings(entry) ? nil : NamedSecrets.first(in: bytes))
            else { return nil }
            // A script goes on being needed, and reads the secret from elsewhere.
            let isProgram = entry.path.hasPrefix(".github/") || entry.name.hasSuffix(".sh")
            return Violation(
                file: entry.path, line: found.line,
                "\(found.name) is kept in git; have it replaced, and "
                    + (isProgram
                        ? "take it from a variable or a secret of the pipeline" : "type: git rm --cached \(entry.path)")
            )
        }
        return keys + forgotten.sorted().flatMap { TrackedSecrets.assignments(of: $0, in: repository) }
            + (tracked == nil ? TrackedSecrets.copied(in: repository) : [])
    }
}

/// Finds what only a secret looks like, in files that hold settings or keys.
enum TrackedSecrets {
    /// Prefixes that their issuers have published so that they can be found; what browsers may know is left out.
    private static let prefixes: [(text: String, issuer: String)] = [
        ("sk_live_", "Stripe"), ("rk_live_", "Stripe"), ("ghp_", "GitHub"), ("gho_", "GitHub"),
        ("github_pat_", "GitHub"), ("glpat-", "GitLab"), ("AKIA", "AWS"), ("xoxb-", "Slack"), ("xoxp-", "Slack"),
        ("sk-ant-", "Anthropic"), ("sk-proj-", "OpenAI"), ("dop_v1_", "DigitalOcean"), ("shpat_", "Shopify"),
    ]
    private static let endings = [
        ".json", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".tfvars", ".pem", ".key", ".xml",
        ".sh", ".config",
    ]
    private static let names: Set<String> = [
        "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".npmrc", ".pypirc", ".netrc", "credentials",
    ]
    private static let elsewhere = [
        "node_modules/", "vendor/", "fixtures", "example", "sample", "docs/", "spec/", "testdata", "mock",
        "package-lock",
        "lock.", "/locales/", "/i18n/",
    ]

    /// Settings, keys, and code that says by its name that it holds settings; dotenv files have rules of their own.
    static func isLookedAt(_ entry: SourceTree.Entry) -> Bool {
        let isSettings =
            names.contains(entry.name) || isKey(entry.path) || isRailsKey(entry)
            || endings.contains(where: entry.name.hasSuffix)
            || ConstantSecrets.language(of: entry) != nil
        return isSettings && !DevelopmentPath.isLikely(entry.path) && !elsewhere.contains { entry.path.contains($0) }
    }

    /// Whether it gives variables, and not only shows them.
    static func isDotenv(_ path: String) -> Bool {
        let name = SourceTree.Entry(path: path).name
        guard name == ".env" || name.hasPrefix(".env.") else { return false }
        return [.plain, .production].contains(DotenvPurpose(path: path))
    }

    /// Secrets of files that `.gitignore` names, in a copy without git: whatever packed the copy took them along.
    static func copied(in repository: CheckedRepository) -> [Violation] {
        // A .gitignore may name itself, or stand in a folder below.
        guard
            repository.tree.entries.contains(where: { $0.name == ".gitignore" })
                || repository.keptText(".gitignore") != nil
        else { return [] }
        return repository.sizes.map(\.path).filter { path in
            isDotenv(path) && !repository.tree.contains(path) && !path.contains("node_modules/")
        }.sorted().flatMap { path in
            assignments(of: path, in: repository).map { violation in
                let name = violation.message.split(separator: " ").dropFirst(2).first ?? "a secret"
                return Violation(
                    file: path, line: violation.line,
                    "\(name) is in this copy of the repository, which is no clone, although .gitignore names the file; "
                        + "in the clone type: git rm --cached \(path), and change it when git knew the file")
            }
        }
    }

    /// Secrets of a file that `.gitignore` names and git keeps all the same, because it was added before.
    static func assignments(of path: String, in repository: CheckedRepository) -> [Violation] {
        guard let text = repository.keptText(path), text.utf8.count < 200_000 else { return [] }
        return Dotenv(parsing: text).assignments.compactMap { assignment in
            guard let value = assignment.value, !value.isEmpty,
                SecretText.isSecret(name: assignment.name) || SecretText.password(inAddress: value) != nil,
                !SecretText.isPlaceholder(value), !value.hasPrefix("$"),
                !["true", "false", "0", "1", "none", "null"].contains(value.lowercased())
            else { return nil }
            return Violation(
                file: path, line: assignment.line,
                "git keeps \(assignment.name) although .gitignore names the file; change it, and type: git rm --cached \(path)"
            )
        }
    }

    /// Whether the name says that it holds a key: an ending of keys, or a name without any ending.
    static func isKey(_ path: String) -> Bool {
        let name = SourceTree.Entry(path: path).name.utf8
        if [".pem", ".key", ".backup", ".ppk", ".p8"].contains(where: {
            name.suffix($0.utf8.count).elementsEqual($0.utf8)
        }) {
            return true
        }
        guard !name.contains(UInt8(ascii: ".")), let first = name.first else { return false }
        // Keys are named in lower case; what a folder of programs holds is none.
        return (0x61...0x7A).contains(first) && !path.contains("bin/") && !path.contains(".git/")
    }

    static func first(in bytes: [UInt8]) -> (name: String, line: Int)? {
        if let offset = ByteSearch.offset(of: "PRIVATE KEY-----".utf8, in: bytes),
            let start = ByteSearch.offset(of: "-----BEGIN ".utf8, in: bytes), start < offset,
            // A placeholder has no key below its first line, and one behind a password may be seen.
            bytes.count > offset + 32, ByteSearch.offset(of: "ENCRYPTED".utf8, in: bytes[start..<offset]) == nil
        {
            return ("a private key", line(of: start, in: bytes))
        }
        for prefix in prefixes {
            guard let offset = ByteSearch.offset(of: prefix.text.utf8, in: bytes),
                offset == 0 || !isWord(bytes[offset - 1])
            else { continue }
            let token = String(decoding: bytes[offset...].prefix(while: isWord), as: UTF8.self)
            guard IssuedSecret.issuer(of: token) != nil else { continue }
            return ("a token of \(prefix.issuer)", line(of: offset, in: bytes))
        }
        return hook(in: bytes) ?? inAddress(bytes)
    }

    /// Addresses with which anybody starts a deployment.
    private static let hooks: [(text: String, owner: String, key: String)] = [
        ("api.render.com/deploy/srv-", "Render", "?key="), ("api.netlify.com/build_hooks/", "Netlify", "build_hooks/"),
        ("api.vercel.com/v1/integrations/deploy/prj_", "Vercel", "deploy/prj_"),
    ]

    private static func hook(in bytes: [UInt8]) -> (name: String, line: Int)? {
        for hook in hooks {
            guard let offset = ByteSearch.offset(of: hook.text.utf8, in: bytes),
                case let address = Array(bytes[offset...].prefix(160).prefix(while: { $0 > 0x20 })),
                let mark = ByteSearch.offset(of: hook.key.utf8, in: address),
                case let key = address[(mark + hook.key.utf8.count)...].prefix(while: isWord), key.count >= 8,
                key.contains(where: { (0x30...0x39).contains($0) || $0 > 0x60 && $0 != UInt8(ascii: "x") })
            else { continue }
            return ("\(hook.owner)'s deploy hook", line(of: offset, in: bytes))
        }
        return nil
    }

    /// Rails keeps the key of its credentials beside them, under this name and under those that copies get.
    static func isRailsKey(_ entry: SourceTree.Entry) -> Bool {
        entry.name.hasPrefix("master.key")
            || entry.directory.hasSuffix("config/credentials") && entry.name.contains(".key")
    }

    private static func railsKey(_ entry: SourceTree.Entry, _ bytes: [UInt8]) -> (name: String, line: Int)? {
        let text = String(decoding: bytes.prefix(80), as: UTF8.self).trimmed
        guard isRailsKey(entry), text.utf8.count == 32, text.allSatisfy(\.isHexDigit) else { return nil }
        return ("the key of Rails' credentials", 1)
    }

    static func first(of entry: SourceTree.Entry, in bytes: [UInt8]) -> (name: String, line: Int)? {
        first(in: bytes) ?? railsKey(entry, bytes)
    }

    /// `https://api.example.com/?key=...`: the key of an account, as the other side's manual shows it.
    private static func inAddress(_ bytes: [UInt8]) -> (name: String, line: Int)? {
        guard ByteSearch.contains("://".utf8, in: bytes) else { return nil }
        for name in ["?key=", "&key=", "api_key=", "apikey=", "apiKey=", "&appid=", "?appid="] {
            guard let offset = ByteSearch.offset(of: name.utf8, in: bytes) else { continue }
            let start = offset + name.utf8.count
            let key = bytes[start...].prefix(while: isWord)
            let digits = key.count { (0x30...0x39).contains($0) }
            // What a browser's map is loaded with stands in every page.
            guard (28...64).contains(key.count), digits > 4, digits < key.count - 4, !key.starts(with: "AIza".utf8),
                bytes[max(0, offset - 200)..<offset].reversed().prefix(while: { $0 != 0x0A }).contains(0x3A)
            else { continue }
            return ("an account's key in an address", line(of: offset, in: bytes))
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
        bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
    }
}

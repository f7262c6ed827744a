// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A limit that everybody steps over.
    static let limitByForwardedText = Rule(
        "EN421", .warning, "a limit counts an address that the visitor writes himself",
        why:
            "Proxies append to the X-Forwarded-For that a request brings, so its first entry is whatever the visitor sent. "
            + "With another one in every request nobody is ever limited, and a name in the log or on a list means nothing.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                "nginx.conf":
                    "server {\n  location / {\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_pass http://app:3000;\n  }\n}\n",
                "src/auth.js":
                    "const attempts = new Map()\nfunction rateLimit(req) {\n  const ip = req.headers['x-forwarded-for']?.split(',')[0]?.trim() || req.ip\n  attempts.set(ip, 1)\n}\n",
            ],
            [
                "Procfile": "web: gunicorn a:app\n",
                "a/limits.py":
                    "def client_ip(request):\n    forwarded = request.headers.get(\"X-Forwarded-For\", \"\")\n    if forwarded:\n        return forwarded.split(\",\")[0].strip()\n    return request.client.host\n\ndef check_rate_limit(request):\n    hits = store[client_ip(request)]\n",
            ],
        ],
        passes: [
            [
                "nginx.conf":
                    "server {\n  location / {\n    proxy_set_header X-Forwarded-For $remote_addr;\n    proxy_pass http://app:3000;\n  }\n}\n",
                "src/auth.js":
                    "function rateLimit(req) {\n  const ip = req.headers['x-forwarded-for']?.split(',')[0]\n}\n",
            ],
            [
                "Procfile": "web: gunicorn a:app\n",
                "a/limits.py":
                    "def check_rate_limit(request):\n    ip = request.headers.get(\"X-Forwarded-For\", \"\").split(\",\")[-1].strip()\n",
            ],
            [
                "Procfile": "web: gunicorn a:app\n",
                "a/log.py": "ip = request.headers.get('X-Forwarded-For', '').split(',')[0]\nlog.info(ip)\n",
            ],
            [
                "src/limit.js": "const ip = req.headers['x-forwarded-for'].split(',')[0]\nrateLimit(ip)\n",
                "vercel.json": "{}",
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository), !ForwardedFirst.isOverwritten(in: repository)
        else {
            return []
        }
        let words = ["orwarded-for", "orwarded-For", "ORWARDED_FOR"]
        return repository.code([".js", ".ts", ".mjs", ".py", ".go", ".rb", ".php", ".java", ".kt", ".cs"], with: words)
            .compactMap { code in
                guard let line = ForwardedFirst.line(in: code) else { return nil }
                return Violation(
                    file: code.path, line: line,
                    "the first entry is the visitor's own text; take the last one, which the proxy appends, or the address "
                        + "that the framework finds behind one trusted proxy")
            }
    }
}

private enum ForwardedFirst {
    private static let limits = [
        "ratelimit", "rate_limit", "rate-limit", "lockout", "toomany", "too_many", "bruteforce", "brute_force",
        "attempts.", "attempts[", "attempts=", "attempts:", "loginattempts", "attemptsby", "attemptlimit",
    ]

    /// Whether a line counts requests, and does not only say that somebody else does.
    private static func counts(_ line: String) -> Bool {
        guard !line.hasPrefix("@"), !line.hasPrefix("import"), !line.hasPrefix("from") else { return false }
        let lower = line.lowercased()
        return limits.contains(where: lower.contains)
    }

    private static let firsts = [
        "split(',')[0]", "split(',',1)[0]", "split(',',maxsplit=1)[0]", "split(',').first", "split(',').at(0)",
        "split(',')?.[0]", "split(/,/)[0]", "strings.Split(", "explode(',',", "parts[0]", "Split(',')[0]",
        "split(/\\s*,\\s*/)[0]", ".partition(',')[0]", "split(',')).get(0)",
    ]

    /// The line that takes the first entry in a file that limits by it.
    static func line(in code: CodeText) -> Int? {
        let lower = code.path.lowercased()
        // Functions of Vercel and Supabase get a header that the platform writes.
        guard !lower.contains("supabase/functions"), !lower.contains("site-packages"),
            !lower.contains("middleware/proxy"),
            let read = code.bare.firstIndex(where: {
                $0.lowercased().replacing("_", with: "-").contains("forwarded-for")
            }),
            code.line(withAny: ["rusted_prox", "rustedProx", "TRUSTED_PROX", "trust_proxy", "is_trusted", "trustProxy"])
                == nil,
            limits.contains(where: lower.contains)
                || code.bare[max(0, read - 60)...min(read + 60, code.bare.count - 1)].contains(where: counts)
        else { return nil }
        let near = code.bare[read...min(read + 5, code.bare.count - 1)]
        guard near.contains(where: { line in firsts.contains(where: line.contains) }) else { return nil }
        return read + 1
    }

    /// Whether the proxy in front writes the header anew: Caddy and Traefik do, nginx when it is told to, Vercel too.
    static func isOverwritten(in repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        if tree.entries.contains(where: { $0.name == "Caddyfile" || $0.name.hasPrefix("traefik.") }) { return true }
        if repository.composeFiles.contains(where: { file in
            file.services.contains { service in
                ["traefik", "caddy"].contains { service.image?.text.contains($0) == true }
            }
        }) {
            return true
        }
        let isOnVercel = !tree.files(named: "vercel.json").isEmpty
        if isOnVercel, repository.dockerfiles.isEmpty, !Deployments.isOnPlatform(repository) { return true }
        return repository.nginxFiles.contains { file in
            file.document.all("proxy_set_header").contains {
                $0.parameters.first?.lowercased() == "x-forwarded-for" && $0.parameters.last == "$remote_addr"
            }
        }
    }
}

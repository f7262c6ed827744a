// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// One visitor's requests use up everybody's.
    static let limitCountsProxy = Rule(
        "AP288", .warning, "a limit of requests counts the proxy and not the visitor",
        why:
            "Behind a proxy every request comes from its address: all visitors share one limit, and a few of them lock "
            + "everybody out. An attacker behind the same proxy is not told apart.",
        catches: [
            [
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://api:3000;\n  }\n}\n",
                "package.json": "{\"dependencies\":{\"express\":\"4\",\"express-rate-limit\":\"7\"}}",
                "src/limit.ts":
                    "import rateLimit from 'express-rate-limit';\nexport const limit = rateLimit({ max: 30 });\n",
            ],
            [
                "Procfile": "web: gunicorn a:app\n",
                "a.py":
                    "from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nlimiter = Limiter(get_remote_address, app=app)\n",
            ],
            [
                "Procfile": "web: gunicorn shop.wsgi\n",
                "shop/settings.py":
                    "REST_FRAMEWORK = {\n  'DEFAULT_AUTHENTICATION_CLASSES': ['rest_framework.A'],\n  'DEFAULT_THROTTLE_RATES': {'anon': '5/min'},\n}\n",
            ],
        ],
        passes: [
            [
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://api:3000;\n  }\n}\n",
                "package.json": "{\"dependencies\":{\"express-rate-limit\":\"7\"}}",
                "src/app.ts": "app.set('trust proxy', 1);\n",
                "src/limit.ts":
                    "import rateLimit from 'express-rate-limit';\nexport const limit = rateLimit({ max: 30 });\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"express-rate-limit\":\"7\"}}",
                "src/limit.ts":
                    "import rateLimit from 'express-rate-limit';\nexport const limit = rateLimit({ max: 30 });\n",
            ],
            [
                "Procfile": "web: gunicorn a:app\n",
                "a.py":
                    "from werkzeug.middleware.proxy_fix import ProxyFix\nfrom flask_limiter.util import get_remote_address\nlimiter = Limiter(get_remote_address)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, let proxy = Deployments.proxy(in: repository) else { return [] }
        return RequestLimits.all.flatMap { kind in
            kind.uses(in: repository).prefix(1).map { use in
                Violation(file: use.path, line: use.line, "behind \(proxy) \(kind.effect); \(kind.advice)")
            }
        }
    }
}

/// A library that limits requests by the address that they come from.
private struct RequestLimits {
    let endings: [String]
    /// Both stand in the file that limits, the second in its line.
    let library: String
    let call: String
    /// One of them anywhere in the code or the files that start it makes it right.
    let trust: [String]
    let advice: String
    var effect = "all visitors share it"

    static let all = [
        RequestLimits(
            endings: [".py"], library: "rest_framework", call: "DEFAULT_THROTTLE_RATES", trust: ["NUM_PROXIES"],
            advice: "write in REST_FRAMEWORK: 'NUM_PROXIES': 1",
            effect: "the whole X-Forwarded-For counts, which a visitor changes with every request"),
        RequestLimits(
            endings: [".js", ".ts"], library: "express-rate-limit", call: "imit({",
            trust: ["trust proxy", "trustProxy", "keyGenerator"], advice: "write: app.set('trust proxy', 1)"),
        RequestLimits(
            endings: [".ts"], library: "@nestjs/throttler", call: "ThrottlerModule.forRoot",
            trust: ["trust proxy", "trustProxy", "getTracker"], advice: "write in main.ts: app.set('trust proxy', 1)"),
        RequestLimits(
            endings: [".py"], library: "flask_limiter", call: "get_remote_address",
            trust: ["ProxyFix", "forwarded_allow_ips", "X-Forwarded-For", "--forwarded-allow-ips"],
            advice: "write: app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)"),
        RequestLimits(
            endings: [".py"], library: "slowapi", call: "get_remote_address",
            trust: [
                "proxy-headers", "proxy_headers", "ProxyHeadersMiddleware", "forwarded-allow-ips",
                "FORWARDED_ALLOW_IPS",
                "X-Forwarded-For", "x-forwarded-for",
            ], advice: "start uvicorn with: --proxy-headers --forwarded-allow-ips='*'"),
    ]

    func uses(in repository: CheckedRepository) -> [(path: String, line: Int)] {
        var found: [(path: String, line: Int)] = []
        for entry in repository.codeFiles(endings, with: [library], smallerThan: .max) {
            guard let text = repository.tree.text(entry.path) else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard
                let index = lines.firstIndex(where: {
                    $0.contains(call) && !$0.contains("import ") && !$0.trimmed.hasPrefix("//")
                })
            else { continue }
            found.append((entry.path, index + 1))
        }
        return !found.isEmpty && isTrusted(in: repository) ? [] : found
    }

    private func isTrusted(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard
                endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                    || [".yml", ".yaml", ".sh", ".toml", ".service", ".json", ".conf"].contains(
                        where: entry.name.hasSuffix)
                    || entry.name == "Procfile",
                !entry.path.contains("node_modules/"), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 300_000
            else { return false }
            return trust.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// The hen and the egg.
    static let nginxBeforeCertificate = Rule(
        "SH060", .error, "nginx is tested before its certificate exists",
        why:
            "nginx refuses a configuration whose certificate is not there, and certbot --nginx runs nginx -t too: on a new "
            + "machine the script ends here and no certificate is ever fetched.",
        catches: [
            "#!/bin/bash\nset -e\ncat > /etc/nginx/sites-available/a <<END\nserver {\n  listen 443 ssl;\n  ssl_certificate /etc/letsencrypt/live/$D/fullchain.pem;\n}\nEND\nnginx -t && systemctl reload nginx\ncertbot --nginx -d $D\n",
            [
                "setup.sh":
                    "#!/bin/sh\nset -e\ncp nginx/site.conf /etc/nginx/conf.d/\nsystemctl restart nginx\ncertbot certonly --webroot -d a.example\n",
                "nginx/site.conf":
                    "server {\n  listen 443 ssl;\n  ssl_certificate /etc/letsencrypt/live/a.example/fullchain.pem;\n}\n",
            ],
        ],
        passes: [
            "#!/bin/bash\nset -e\ncertbot certonly --standalone -d $D\ncat > /etc/nginx/sites-available/a <<END\nserver {\n  ssl_certificate /etc/letsencrypt/live/$D/fullchain.pem;\n}\nEND\nnginx -t\n",
            "#!/bin/bash\nset -e\ncat > /etc/nginx/sites-available/a <<END\nserver {\n  listen 80;\n}\nEND\nnginx -t\ncertbot --nginx -d $D\n",
            "#!/bin/bash\nset -e\ncat > /etc/nginx/a <<END\n  ssl_certificate /etc/letsencrypt/live/$D/fullchain.pem;\nEND\nif [ -f /etc/letsencrypt/live/$D/fullchain.pem ]; then nginx -t; fi\ncertbot certonly -d $D\n",
        ]
    ) { file in
        let lines = file.document.lines
        guard let test = CertificateOrder.test(in: lines, named: named(in: file)) else { return [] }
        return [
            Violation(
                line: test,
                "the certificate is fetched only later; write before it: certbot certonly --standalone -d DOMAIN",
                severity: file.isForDevelopment ? .warning : nil)
        ]
    }

    /// Lines that bring a configuration of the repository which wants a certificate.
    private static func named(in file: CheckedFile<ScriptFile>) -> [String] {
        file.repository.nginxFiles.filter { $0.text.contains("ssl_certificate /etc/letsencrypt/") }.map {
            SourceTree.Entry(path: $0.location).name
        }
    }
}

/// In which order a text brings a configuration, tests it and fetches its certificate.
enum CertificateOrder {
    /// One-based line of the test that comes too early.
    static func test(in lines: [Substring], named files: [String]) -> Int? {
        var hasConfiguration = false
        var tested: Int?
        for (index, raw) in lines.enumerated() {
            let line = raw.trimmed
            if line.hasPrefix("#") && !line.hasPrefix("#!") || line.hasPrefix("echo ") { continue }
            // What looks for the certificate, or makes one to begin with, knows of the order.
            if line.contains("openssl req") || line.contains("mkcert") || line.contains("snakeoil") { return nil }
            if ["[ -f", "[ -d", "[ -e", "test -f", "[ ! -f", "[ ! -d", "[[ -f", "[[ ! -f", "[ ! -e"].contains(
                where: line.contains),
                line.contains("letsencrypt") || line.contains("fullchain") || line.contains("CERT"), tested == nil
            {
                return nil
            }
            if isFetch(line) { return tested }
            let brings =
                ["cp ", "scp ", "mv ", "ln ", "install ", "rsync ", "envsubst"].contains(where: line.contains)
                && files.contains(where: line.contains)
            if line.contains("ssl_certificate ") && line.contains("/letsencrypt/") || brings { hasConfiguration = true }
            guard hasConfiguration, tested == nil else { continue }
            let starts = [
                "reload nginx", "restart nginx", "start nginx", "nginx reload", "nginx restart", "nginx -s reload",
            ]
            if line.contains("nginx -t") || starts.contains(where: line.contains) { tested = index + 1 }
        }
        return nil
    }

    private static func isFetch(_ line: String) -> Bool {
        let words = line.split { " \"'();&|".contains($0) }
        guard let place = words.firstIndex(of: "certbot"), place + 1 < words.count else {
            return line.contains("acme.sh --issue")
        }
        let rest = words[(place + 1)...]
        return rest.contains("certonly")
            || rest.contains { $0.hasPrefix("--nginx") || $0 == "--standalone" || $0 == "--webroot" }
                && !rest.contains("renew") && !words[..<place].contains("install")
    }
}

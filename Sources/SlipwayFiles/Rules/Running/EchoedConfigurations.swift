// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The same as AP167 of a text that the Dockerfile or a script writes itself.
    static let writtenConfiguration = Rule(
        "AP297", .error, "a step writes a server block over the whole of nginx.conf",
        why:
            "nginx.conf is read as the whole: it ends with \"server directive is not allowed here\" and nginx does not start.",
        catches: [
            [
                "Dockerfile":
                    "FROM nginx:1.27\nRUN echo 'server {' > /etc/nginx/nginx.conf && \\\n    echo '  listen 8080;' >> /etc/nginx/nginx.conf && \\\n    echo '}' >> /etc/nginx/nginx.conf\n"
            ],
            ["Dockerfile": "FROM nginx:1.27\nCOPY <<EOF /etc/nginx/nginx.conf\nserver {\n  listen 80;\n}\nEOF\n"],
            ["setup.sh": "#!/bin/sh\ncat > /etc/nginx/nginx.conf << 'EOF'\nserver {\n  listen 80;\n}\nEOF\n"],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM nginx:1.27\nRUN echo 'server {' > /etc/nginx/conf.d/default.conf && \\\n    echo '}' >> /etc/nginx/conf.d/default.conf\n"
            ],
            [
                "setup.sh":
                    "#!/bin/sh\ncat > /etc/nginx/nginx.conf << 'EOF'\nevents {}\nhttp {\n  server {\n  }\n}\nEOF\n"
            ],
        ]
    ) { repository in
        repository.tree.entries.compactMap { entry in
            guard entry.name.contains("Dockerfile") || entry.name.hasSuffix(".sh"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("/etc/nginx/nginx.conf".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                guard line.contains("/etc/nginx/nginx.conf"), !line.contains(">>"),
                    line.contains("> /etc/nginx/nginx.conf") || line.contains(">/etc/nginx/nginx.conf")
                        || line.contains("<<") && line.contains("COPY") || line.contains("tee /etc/nginx/nginx.conf")
                else { continue }
                let isHeredoc = line.contains("<<")
                let body =
                    isHeredoc ? lines[(index + 1)...].first { !$0.trimmed.isEmpty && !$0.trimmed.hasPrefix("#") } : line
                let first = (body?.split { "'\"".contains($0) }.first { $0.contains("server {") } ?? "").trimmed
                guard first.hasPrefix("server {") else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "no http block stands around the server; write to: /etc/nginx/conf.d/default.conf")
            }
            return nil
        }
    }
}

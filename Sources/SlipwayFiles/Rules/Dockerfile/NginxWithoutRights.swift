// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)
    static let nginxWithoutRights = Rule(
        "DF095", .error, "nginx runs without root where only root may write",
        why:
            "The official image keeps its folder for temporary files and its pid where root alone may write, so the process "
            + "ends at once with: Permission denied.",
        catches: [
            "FROM nginx:1.27-alpine\nCOPY dist /usr/share/nginx/html\nUSER nginx\n",
            "FROM nginx:1.27\nRUN chown -R nginx:nginx /usr/share/nginx/html\nUSER 101\nEXPOSE 8080\n",
        ],
        passes: [
            "FROM nginx:1.27\nRUN chown -R nginx:nginx /var/cache/nginx && touch /run/nginx.pid && chown nginx /run/nginx.pid\nUSER nginx\n",
            "FROM nginxinc/nginx-unprivileged:1.27\nCOPY dist /usr/share/nginx/html\nUSER 101\n",
            "FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\n",
            [
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/nginx.conf\nUSER nginx\n",
                "nginx.conf":
                    "pid /tmp/nginx.pid;\nhttp {\n  client_body_temp_path /tmp/body;\n  server { listen 8080; }\n}\n",
            ],
            [
                "Dockerfile": "FROM nginx:1.27\nUSER nginx\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    tmpfs: [/var/cache/nginx, /run]\n",
            ],
        ]
    ) { file in
        guard let stage = file.stages.last, case let image = ImageName(file.rootImage(of: stage)),
            image.registry.isEmpty, image.repository == "nginx"
        else { return [] }
        let made = file.lineage(of: stage)
        guard let user = made.last(where: { $0.keyword == "USER" }), let name = user.arguments.first,
            !name.hasPrefix("root"), !name.hasPrefix("0"), !name.contains("$")
        else { return [] }
        let steps = made.filter { ["RUN", "COPY", "VOLUME"].contains($0.keyword) }.map(\.text)
        let isOpened = steps.contains { text in
            ["/var/cache/nginx", "client_body_temp", "/var/cache", "chown -R nginx /var ", "chmod -R 777"].contains(
                where: text.contains)
        }
        guard !isOpened, !MovedByNginx.isSaid(in: file.repository) else { return [] }
        return [
            Violation(
                line: user.line,
                "\(name) may not write to /var/cache/nginx and /run; write before it: RUN chown -R \(name) /var/cache/nginx "
                    + "&& touch /run/nginx.pid && chown \(name) /run/nginx.pid, or start from nginxinc/nginx-unprivileged"
            )
        ]
    }
}

/// Whether a configuration or a deployment gives nginx other places to write to.
private enum MovedByNginx {
    static func isSaid(in repository: CheckedRepository) -> Bool {
        repository.nginxFiles.contains { $0.text.contains("client_body_temp_path") }
            || repository.composeFiles.contains { $0.text.contains("/var/cache") }
            || repository.manifests.contains { $0.text.contains("/var/cache") }
    }
}

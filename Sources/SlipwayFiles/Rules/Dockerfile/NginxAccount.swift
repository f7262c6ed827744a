// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)
    static let nginxAccount = Rule(
        "DF091", .error, "nginx runs under an account that may not write its own folders",
        why:
            "The folders of the official image belong to root: started by another account nginx ends with \"mkdir() "
            + "/var/cache/nginx/client_temp failed (13: Permission denied)\" (hub.docker.com/_/nginx, Running nginx as a "
            + "non-root user).",
        catches: [
            "FROM nginx:1.27-alpine\nCOPY dist /usr/share/nginx/html\nUSER nginx\n",
            "FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\nRUN chown -R nginx:nginx /usr/share/nginx/html\nUSER nginx\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        ],
        passes: [
            "FROM nginxinc/nginx-unprivileged:1.27-alpine\nCOPY dist /usr/share/nginx/html\nUSER nginx\n",
            "FROM nginx:1.27-alpine\nRUN chown -R nginx /var/cache/nginx /var/run /etc/nginx\nUSER nginx\n",
            "FROM nginx:1.27-alpine\nCOPY dist /usr/share/nginx/html\n",
            [
                "Dockerfile": "FROM nginx:1.27-alpine\nCOPY nginx.conf /etc/nginx/nginx.conf\nUSER nginx\n",
                "nginx.conf": "pid /tmp/nginx.pid;\nhttp {\n  client_body_temp_path /tmp/a;\n}\n",
            ],
            "FROM nginx:1.27-alpine\nUSER nginx\nCMD [\"sh\", \"-c\", \"echo no server\"]\n",
        ]
    ) { file in
        guard let last = file.stages.last, file.repository.isWhole || file.repository.nginxFiles.isEmpty else {
            return []
        }
        let made = file.lineage(of: last)
        guard let base = file.finalBase, ImageName(base).repository == "nginx", ImageName(base).registry.isEmpty,
            let user = made.last(where: { $0.keyword == "USER" }), let name = user.arguments.first,
            !name.contains("$"), !["root", "0"].contains(String(name.prefix { $0 != ":" })),
            // Somebody has thought of the folders.
            !made.contains(where: { instruction in
                instruction.keyword == "RUN"
                    && ["/var/cache", "client_temp", "chown -R", "chmod -R"].contains(where: instruction.text.contains)
                    && (instruction.text.contains("/var/cache") || instruction.text.contains(" /var ")
                        || instruction.text.contains("client_temp") || instruction.text.contains("$"))
            }),
            made.filter({ ["CMD", "ENTRYPOINT"].contains($0.keyword) }).allSatisfy({ $0.text.contains("nginx") }),
            !file.repository.nginxFiles.contains(where: { !$0.document.all("client_body_temp_path").isEmpty }),
            !file.repository.composeFiles.contains(where: { compose in
                compose.services.contains { service in
                    (service.node["tmpfs"]?.texts ?? []).contains { $0.contains("/var/cache/nginx") }
                        || service.mounts.contains { $0.target.contains("/var/cache/nginx") } || service.user != nil
                }
            })
        else { return [] }
        return [
            Violation(
                line: user.line,
                "\(name) may not write /var/cache/nginx; write: FROM nginxinc/nginx-unprivileged, which listens on 8080, or before "
                    + "this line: RUN chown -R \(name) /var/cache/nginx /run")
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Images that never leave root.
enum RootUsers {
    /// Images that come with an account of their own, or give up root when they start.
    private static let careful = [
        "postgres", "mysql", "mariadb", "redis", "mongo", "valkey", "rabbitmq", "elasticsearch", "opensearch",
        "nginx-unprivileged", "jenkins", "grafana", "keycloak", "sonarqube", "deno", "home-assistant",
    ]

    /// Bitnami's images of servers leave root, those of languages do not (github.com/bitnami/containers).
    private static let rootOfBitnami: Set<String> = ["python", "node", "ruby", "golang", "java", "php-fpm", "minideb"]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        guard var stage = file.stages.last, !StageUse.isForDevelopment(file) else { return [] }
        let line = stage.instructions.last?.line ?? stage.from.line
        var texts = ""
        while true {
            if stage.instructions.contains(where: { $0.keyword == "USER" }) { return [] }
            texts += stage.instructions.map(\.text).joined()
            guard let parent = stage.parent else { break }
            stage = file.stages[parent]
        }
        guard let base = StageUse.finalBase(file)?.image, !isCareful(base) else { return [] }
        guard
            !["gosu", "su-exec", "setpriv", "runuser", "s6-setuidgid", "chpst", "tini-static", "PUID"].contains(
                where: texts.contains)
        else { return [] }
        // Its workers leave root by themselves, and another account cannot bind port 80.
        if ImageText.shortName(of: base.lowercased()) == "nginx" {
            return [
                Violation(
                    line: line,
                    "nginx's first process stays root; write: FROM nginxinc/nginx-unprivileged, which listens on 8080",
                    severity: .info)
            ]
        }
        return [Violation(line: line, "nothing leaves root; write before CMD: USER 1000")]
    }

    private static func isCareful(_ image: String) -> Bool {
        let lower = image.lowercased()
        return lower.contains("nonroot") || lower.contains("rootless") || lower.contains("unprivileged")
            || lower.contains("bitnami/") && !rootOfBitnami.contains(ImageText.shortName(of: lower))
            || lower.contains("cgr.dev/") || lower.contains("windows")
            || lower.contains("nanoserver") || careful.contains(ImageText.shortName(of: lower))
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Kinds of deployment files, told apart by their names.
package enum FileFormat: String, CaseIterable, Sendable {
    case dockerfile, dockerignore, compose, nginx, fly, render, railway, procfile, appJSON, dotenv, workflow, gitlab,
        shell
    case systemd, supervisor
    /// Any other YAML: Kubernetes manifests and Helm charts stand in such files, under any name.
    case yaml

    /// `nil` for what no rule reads.
    package init?(path: String) {
        guard let format = Self.format(of: path) else { return nil }
        self = format
    }

    /// A file whose name says nothing: a Dockerfile when its first instruction is one that a Dockerfile starts with.
    package init?(contents text: String) {
        guard let first = Dockerfile(parsing: text).instructions.first, ["FROM", "ARG"].contains(first.keyword) else {
            return nil
        }
        self = .dockerfile
    }

    private static func format(of path: String) -> FileFormat? {
        let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
        let lower = name.lowercased()
        if lower.hasSuffix(".dockerignore") { return .dockerignore }
        if isDockerfile(lower) { return .dockerfile }
        if lower.hasPrefix(".env") || lower.hasSuffix(".env") { return isDotenv(lower) ? .dotenv : nil }
        // A folder of variables, one file for each service: .envs/.production/.postgres.
        if path.hasPrefix(".envs/") || path.contains("/.envs/") {
            return lower.dropFirst().contains(".") ? nil : .dotenv
        }
        if lower.hasSuffix(".yml") || lower.hasSuffix(".yaml") { return yaml(lower, path) }
        switch lower {
        case "procfile", "procfile.dev": return .procfile
        case "app.json": return .appJSON
        case "entrypoint", "docker-entrypoint": return .shell
        case "railway.json", "railway.toml": return .railway
        default: break
        }
        if lower.hasSuffix(".toml") { return lower.hasPrefix("fly") ? .fly : nil }
        if lower.hasSuffix(".sh") || lower.hasSuffix(".bash") { return .shell }
        if lower.hasSuffix(".service") { return .systemd }
        if isSupervisor(lower, path) { return .supervisor }
        return isNginx(lower, path) ? .nginx : nil
    }

    /// `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, and the same of Containerfile.
    private static func isDockerfile(_ name: String) -> Bool {
        for word in ["dockerfile", "containerfile"] {
            if name == word || name.hasSuffix("." + word) { return true }
            guard name.hasPrefix(word + ".") || name.hasPrefix(word + "-") || name.hasPrefix(word + "_") else {
                continue
            }
            // Templates and notes beside it are no Dockerfiles, and code that is called after one neither.
            let ending = name.split(separator: ".").last.map(String.init) ?? ""
            return !notDockerfiles.contains(ending)
        }
        return false
    }

    private static let notDockerfiles: Set<String> = [
        "md", "txt", "j2", "erb", "tmpl", "template", "sh", "bak", "orig", "json", "py", "rb", "js", "jsx", "mjs",
        "cjs",
        "ts", "tsx", "go", "rs", "java", "kt", "php", "ex", "exs", "cs", "html", "toml", "lock", "snap",
    ]

    private static func isDotenv(_ name: String) -> Bool {
        ![".envrc", ".environment"].contains(name)
            && ![".ts", ".js", ".py", ".rb", ".go", ".md"].contains {
                name.hasSuffix($0)
            }
    }

    private static func yaml(_ name: String, _ path: String) -> FileFormat {
        let stem = name.prefix { $0 != "." }
        if stem.hasPrefix("docker-compose") || stem == "compose" || stem.hasPrefix("compose-")
            || stem == "docker-stack"
        {
            return .compose
        }
        if name == ".gitlab-ci.yml" || name == ".gitlab-ci.yaml" { return .gitlab }
        if stem == "render" { return .render }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        if folder.suffix(2).elementsEqual([".github", "workflows"]) { return .workflow }
        return .yaml
    }

    private static func isSupervisor(_ name: String, _ path: String) -> Bool {
        guard name.hasSuffix(".conf") || name.hasSuffix(".ini") else { return false }
        return name.contains("supervisor")
            || path.split(separator: "/").dropLast().contains { $0.hasPrefix("supervisor") }
    }

    private static func isNginx(_ name: String, _ path: String) -> Bool {
        let isConfiguration = [
            ".conf", ".conf.template", ".conf.tmpl", ".conf.example", ".conf.sample", ".nginx", ".vhost",
        ].contains {
            name.hasSuffix($0)
        }
        guard isConfiguration else { return false }
        return name.contains("nginx") || path.lowercased().contains("nginx/") || path.contains("sites-available/")
            || path.contains("sites-enabled/") || name == "default.conf" || name == "default.conf.template"
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of fly.toml (fly.io/docs/reference/configuration; flyctl internal/appconfig).
enum FlyKeys {
    static let top: Set<String> = [
        "app", "primary_region", "kill_signal", "kill_timeout", "swap_size_mb", "console_command", "host_dedication_id",
        "build", "env", "deploy", "http_service", "services", "checks", "mounts", "vm", "processes", "statics", "files",
        "metrics", "restart", "experimental", "machine_config", "machine_checks", "mcp", "compute", "launch",
    ]
    static let build: Set<String> = [
        "builder", "args", "buildpacks", "image", "settings", "builtin", "dockerfile", "ignorefile", "build-target",
        "compression", "compression_level",
    ]
    static let deploy: Set<String> = [
        "release_command", "release_command_vm", "release_command_timeout", "strategy", "max_unavailable",
        "wait_timeout",
        "seed_command", "release_command_compute",
    ]
    static let http: Set<String> = [
        "processes", "internal_port", "protocol", "force_https", "auto_stop_machines", "auto_start_machines",
        "min_machines_running", "concurrency", "checks", "tls_options", "http_options", "machine_checks",
    ]
}

extension Rule<CheckedFile<FlyToml>> {
    /// flyctl warns, or says nothing, and goes on without it.
    static let flyUnknownKey = Rule(
        "FL001", .warning, "flyctl ignores the key",
        why: "flyctl goes on without a key that it does not know, so what it should set is not set.",
        catches: [
            "app = 'a'\n[build]\ntarget = 'production'\n", "app = 'a'\n[http_services]\ninternal_port = 8080\n",
            "app = 'a'\n[http_service]\ninternal_port = 8080\nmin_machines = 1\n",
        ],
        passes: ["app = 'a'\n[build]\nbuild-target = 'production'\n[http_service]\ninternal_port = 8080\n"]
    ) { file in
        guard let root = file.document.root?.mapping else { return [] }
        func unknown(_ mapping: DataMapping?, _ known: Set<String>, _ place: String) -> [Violation] {
            (mapping?.entries ?? []).filter { !known.contains($0.key) }.map { entry in
                let special = ["target": "build-target", "build_target": "build-target"][entry.key]
                let near =
                    place == "[build]"
                    ? special ?? NearestWord.of(entry.key, among: known) : NearestWord.of(entry.key, among: known)
                return Violation(
                    line: entry.line, column: entry.position.column,
                    "\(entry.key) is no key of \(place); \(near.map { "write: \($0)" } ?? "delete it")")
            }
        }
        return unknown(root, FlyKeys.top, "fly.toml")
            + unknown(root["build"]?.mapping, FlyKeys.build, "[build]")
            + unknown(root["deploy"]?.mapping, FlyKeys.deploy, "[deploy]")
            + unknown(root["http_service"]?.mapping, FlyKeys.http, "[http_service]")
    }

    /// Parsed, and read by nothing.
    static let flyDeadKey = Rule(
        "FL002", .info, "flyctl reads the key and does nothing",
        why: "The key is parsed and nothing reads it: a failed deployment is not rolled back because of it.",
        catches: ["app = 'a'\n[experimental]\nauto_rollback = true\n"],
        passes: ["app = 'a'\n[experimental]\ncmd = ['a']\n"]
    ) { file in
        guard let entry = file.document.root?["experimental"]?.mapping?.entry("auto_rollback") else { return [] }
        return [
            Violation(
                line: entry.line,
                "auto_rollback is read by nothing; delete it, and write: [deploy] strategy = \"bluegreen\"",
                fix: Fix("delete auto_rollback", line: entry.line, count: 1, replacement: []))
        ]
    }

    /// A service for a process that does not exist.
    static let flyUnknownProcess = Rule(
        "FL005", .error, "a service names a process that is not defined",
        why: "flyctl refuses a service, mount or machine size whose process group is not in [processes].",
        catches: ["app = 'a'\n[processes]\nweb = 'a'\n[http_service]\ninternal_port = 8080\nprocesses = ['app']\n"],
        passes: [
            "app = 'a'\n[http_service]\ninternal_port = 8080\nprocesses = ['app']\n",
            "app = 'a'\n[processes]\nweb = 'a'\n[http_service]\ninternal_port = 8080\nprocesses = ['web']\n",
        ]
    ) { file in
        let defined = file.document.processes.map(\.name)
        let known = Set(defined.isEmpty ? ["app"] : defined)
        let root = file.document.root
        let users = file.document.services.map(\.node) + file.document.mounts + (root?["vm"]?.sequence ?? [])
        return users.flatMap { node in
            (node["processes"]?.texts ?? []).filter { !known.contains($0) }.map { name in
                Violation(
                    line: node["processes"]?.line ?? node.line,
                    "[processes] has no \(name); write: processes = [\"\(NearestWord.of(name, among: known) ?? known.sorted()[0])\"]"
                )
            }
        }
    }

    /// Paths are relative to fly.toml.
    static let flyDockerfile = Rule(
        "FL011", .error, "the Dockerfile of fly.toml does not exist",
        why: "The path is relative to fly.toml; flyctl stops when the file is not there.",
        catches: [
            ["fly.toml": "app = 'a'\n[build]\ndockerfile = 'docker/Dockerfile'\n", "Dockerfile": "FROM debian:12\n"]
        ],
        passes: [["fly.toml": "app = 'a'\n[build]\ndockerfile = 'Dockerfile'\n", "Dockerfile": "FROM debian:12\n"]]
    ) { file in
        guard file.repository.isWhole, let dockerfile = file.document.dockerfile else { return [] }
        let isAbsolute = dockerfile.text.hasPrefix("/")
        let path = GoPath.clean(
            file.folder + "/" + (isAbsolute ? String(dockerfile.text.dropFirst()) : dockerfile.text))
        let exists = file.repository.tree.contains(path)
        if exists && isAbsolute {
            return [
                Violation(
                    line: dockerfile.line,
                    "\(dockerfile.text) is absolute; write: dockerfile = \"\(dockerfile.text.dropFirst())\"",
                    severity: .warning)
            ]
        }
        guard !exists else { return [] }
        let near = file.repository.tree.files(named: SourceTree.Entry(path: path).name).first?.path
        return [
            Violation(
                line: dockerfile.line,
                "\(path) does not exist; " + (near.map { "there is \($0)" } ?? "write the path of the Dockerfile"))
        ]
    }
}

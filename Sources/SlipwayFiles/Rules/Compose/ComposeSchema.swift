// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of the Compose specification (github.com/compose-spec/compose-spec, schema/compose-spec.json).
enum ComposeKeys {
    static let top: Set<String> = [
        "version", "name", "include", "services", "networks", "volumes", "secrets", "configs", "models",
    ]
    static let service: Set<String> = [
        "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup", "cgroup_parent", "command",
        "configs", "container_name", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period",
        "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset", "credential_spec", "depends_on", "deploy", "develop",
        "device_cgroup_rules", "devices", "dns", "dns_opt", "dns_search", "domainname", "driver_opts", "entrypoint",
        "env_file", "environment", "expose", "extends", "external_links", "extra_hosts", "gpus", "group_add",
        "healthcheck", "hostname", "image", "init", "ipc", "isolation", "label_file", "labels", "links", "logging",
        "mac_address", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "models", "network_mode",
        "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit", "platform", "ports", "post_start",
        "pre_stop", "privileged", "profiles", "provider", "pull_policy", "pull_refresh_after", "read_only", "restart",
        "runtime", "scale", "secrets", "security_opt", "shm_size", "stdin_open", "stop_grace_period", "stop_signal",
        "storage_opt", "sysctls", "tmpfs", "tty", "ulimits", "use_api_socket", "user", "userns_mode", "uts",
        "volumes", "volumes_from", "working_dir",
    ]
    static let build: Set<String> = [
        "additional_contexts", "args", "cache_from", "cache_to", "context", "dockerfile", "dockerfile_inline",
        "entitlements", "extra_hosts", "isolation", "labels", "network", "no_cache", "no_cache_filter", "platforms",
        "privileged", "provenance", "pull", "sbom", "secrets", "shm_size", "ssh", "tags", "target", "ulimits",
    ]
    static let healthcheck: Set<String> = [
        "disable", "interval", "retries", "start_interval", "start_period", "test", "timeout",
    ]
    /// Keys whose value must be a list, a mapping, or either.
    static let lists: Set<String> = ["ports", "volumes", "expose", "cap_add", "cap_drop", "devices", "security_opt"]
    static let mappings: Set<String> = ["deploy", "healthcheck", "logging", "develop"]
    static let listsOrMappings: Set<String> = ["environment", "depends_on", "labels", "networks", "extra_hosts"]
}

extension Rule<CheckedFile<ComposeFile>> {
    /// Compose warns at each command and reads nothing from it.
    static let obsoleteVersion = Rule(
        "CO001", .warning, "version is obsolete",
        why: "Compose ignores the key and warns at every command; it promises a format that nobody checks.",
        catches: ["version: '3.8'\nservices:\n  web:\n    image: web:1\n"],
        passes: ["services:\n  web:\n    image: web:1\n"]
    ) { file in
        guard let entry = file.root?.mapping?.entry("version") else { return [] }
        let isPlain = entry.value.text != nil && entry.value.line == entry.line
        return [
            Violation(
                line: entry.line, column: entry.position.column, "version is obsolete; delete this line",
                fix: isPlain ? Fix("delete version", line: entry.line, count: 1, replacement: []) : nil)
        ]
    }

    /// Compose refuses the whole file.
    static let unknownKey = Rule(
        "CO002", .error, "unknown key",
        why: "Compose refuses the whole file when one key is unknown, so nothing starts.",
        catches: [
            "services:\n  web:\n    image: web:1\n    enviroment:\n      A: b\n",
            "service:\n  web:\n    image: web:1\n",
            "services:\n  web:\n    build:\n      contxt: .\n",
        ],
        passes: [
            "services:\n  web:\n    image: web:1\n    environment:\n      A: b\n    x-note: ours\nx-any: 1\n",
            "services:\n  web:\n    build:\n      context: .\n      x-bake:\n        platforms: [linux/amd64]\n",
        ]
    ) { file in
        guard let root = file.root?.mapping else { return [] }
        var found = unknown(root.entries, of: ComposeKeys.top, in: "a Compose file")
        for service in file.services {
            found += unknown(service.node.mapping?.entries ?? [], of: ComposeKeys.service, in: service.name)
            found += unknown(
                service.node["build"]?.mapping?.entries ?? [], of: ComposeKeys.build, in: "build of \(service.name)")
            found += unknown(
                service.node["healthcheck"]?.mapping?.entries ?? [], of: ComposeKeys.healthcheck,
                in: "healthcheck of \(service.name)")
        }
        return found
    }

    private static func unknown(
        _ entries: [DataMapping.Entry], of known: Set<String>, in place: String
    ) -> [Violation] {
        entries.compactMap { entry in
            guard !known.contains(entry.key), !entry.key.hasPrefix("x-"), entry.key != "<<" else { return nil }
            let near = NearestWord.of(entry.key, among: known)
            let advice = near.map { "; write: \($0)" } ?? "; delete it, or prefix it with x-"
            return Violation(
                line: entry.line, column: entry.position.column, "\(entry.key) is no key of \(place)\(advice)")
        }
    }

    /// A list where a mapping belongs, or the other way round.
    static let wrongShape = Rule(
        "CO003", .error, "a value has the wrong shape",
        why: "Compose refuses the whole file: a list stands where it wants a mapping, or a text where it wants a list.",
        catches: [
            "services:\n  web:\n    image: web:1\n    ports: 8000\n",
            "services:\n  - web\n",
            "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\nvolumes:\n  - data:\n",
            "services:\n  web:\n    image: web:1\nvolumes:\n  - ./:/var/www\n",
            "services:\n  web:\n    image: web:1\n    environment: A=b\n",
            "services:\n  web:\n    image: web:1\n    healthcheck:\n      test: a\n      retries: 3,\n",
            "services:\n  web:\n    image: web:1\n    healthcheck:\n      test: a\n      interval: thirty\n",
        ],
        passes: [
            "services:\n  web:\n    image: web:1\n    ports: ['8000:8000']\n    environment: [A=b]\n",
            "services:\n  web:\n    image: web:1\n    healthcheck:\n      test: a\n      retries: '3'\n      interval: 1m30s\n",
            "services:\n  web:\n    image: web:1\n    healthcheck:\n      test: a\n      retries: ${RETRIES:-3}\n",
        ]
    ) { file in
        guard let root = file.root, !root.isNull else { return [] }
        if let services = root["services"], services.mapping == nil, !services.isNull {
            return [
                Violation(line: services.line, "services is no mapping; write each service as a key: web:")
            ]
        }
        return faults(atTop: root)
            + file.services.flatMap { service -> [Violation] in
                guard let entries = service.node.mapping?.entries else {
                    return service.node.isNull
                        ? [] : [Violation(line: service.line, "\(service.name) is no mapping; write: image: NAME:TAG")]
                }
                return Self.faults(inCheckOf: service)
                    + entries.compactMap { entry in
                        let value = entry.value
                        guard !value.isNull else { return nil }
                        let wanted: String
                        if ComposeKeys.lists.contains(entry.key), value.sequence == nil {
                            wanted = "a list; write: - VALUE on its own line"
                        } else if ComposeKeys.mappings.contains(entry.key), value.mapping == nil {
                            wanted = "a mapping; write: KEY: VALUE on its own line"
                        } else if ComposeKeys.listsOrMappings.contains(entry.key), value.mapping == nil,
                            value.sequence == nil
                        {
                            wanted = "a list or a mapping; write: - \(value.text ?? "VALUE") on its own line"
                        } else {
                            return nil
                        }
                        return Violation(line: entry.line, "\(entry.key) of \(service.name) must be \(wanted)")
                    }
            }
    }

    /// What Compose wants as mappings beside the services.
    private static func faults(atTop root: DataNode) -> [Violation] {
        ["volumes", "networks", "secrets", "configs"].compactMap { kind in
            guard let node = root[kind], let items = node.sequence else { return nil }
            let name = items.first.flatMap { $0.text ?? $0.mapping?.keys.first } ?? "NAME"
            if kind == "volumes", name.contains("/") {
                // A mount that slipped out of its service.
                return Violation(
                    line: node.line,
                    "volumes at the top is a list; mounts stand in a service, so write this list below its volumes: \(name)"
                )
            }
            return Violation(
                line: node.line, "\(kind) at the top is a list; write below it, without a dash: \(name): {}")
        }
    }

    /// Numbers and times of a health check that Compose cannot read.
    private static func faults(inCheckOf service: ComposeService) -> [Violation] {
        (service.node["healthcheck"]?.mapping?.entries ?? []).compactMap { entry in
            guard let text = entry.value.text, !text.contains("$") else { return nil }
            if entry.key == "retries" {
                guard Int(text) == nil else { return nil }
                let digits = text.prefix { $0.isNumber }
                return Violation(
                    line: entry.line,
                    "retries of \(service.name) must be a number; write: retries: \(digits.isEmpty ? "3" : digits)")
            }
            guard ["interval", "timeout", "start_period", "start_interval"].contains(entry.key), !isDuration(text)
            else {
                return nil
            }
            return Violation(
                line: entry.line, "\(entry.key) of \(service.name) must be a time; write: \(entry.key): 10s")
        }
    }

    /// `1m30s`: numbers, each with its unit (the Compose specification's durations, which are Go's).
    private static func isDuration(_ text: String) -> Bool {
        var rest = text[...]
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            guard !number.isEmpty,
                let unit = ["us", "µs", "ms", "ns", "s", "m", "h", "d", "w"].first(where: { rest.hasPrefix($0) })
            else { return text == "0" }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }

    /// Whether the file that it is merged with stands beside it, and has its other services.
    private static func isMergedHere(_ file: CheckedFile<ComposeFile>) -> Bool {
        let bases = ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"]
        let base = file.siblings.first { bases.contains(SourceTree.Entry(path: $0.location).name) }
        guard let base, !base.includesOthers else { return false }
        return file.services.contains { base[$0.name] != nil }
    }

    /// Nothing to start.
    static let noImage = Rule(
        "CO004", .error, "a service has neither image nor build",
        why: "Compose refuses a service that it can neither pull nor build.",
        catches: [
            "services:\n  web:\n    ports: ['80:80']\n",
            [
                "compose.dev.yml": "services:\n  db:\n    ports: ['5432:5432']\n  web:\n    ports: ['80:80']\n",
                "compose.yml": "services:\n  web:\n    image: web:1\n",
            ],
        ],
        passes: [
            "services:\n  web:\n    build: .\n",
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n",
                "compose.override.yml": "services:\n  web:\n    ports: ['80:80']\n",
            ],
        ]
    ) { file in
        guard !file.includesOthers else { return [] }
        return file.services.compactMap { service in
            let keys = ["image", "build", "extends", "provider", "<<"]
            guard service.node.mapping != nil else { return nil }
            let isComplete = file.anywhere(service.name).contains { service in
                keys.contains { service.node[$0] != nil }
            }
            // A lone override is merged with a file that stands elsewhere.
            let isOverride = file.isForDevelopment || DevelopmentPath.isProduction(file.location)
            guard !isComplete, !isOverride || isMergedHere(file) else { return nil }
            return Violation(
                line: service.line, "\(service.name) has neither image nor build; add: build: . or image: NAME:TAG")
        }
    }
}

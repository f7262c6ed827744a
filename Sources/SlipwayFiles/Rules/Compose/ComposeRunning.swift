// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// After a crash or a reboot nobody starts it again.
    static let noRestart = Rule(
        "CO031", .info, "a service has no restart policy",
        why: "After a crash, or when the machine starts again, Docker leaves the container stopped.",
        catches: ["services:\n  web:\n    image: web:1\n    ports: ['80:80']\n"],
        passes: [
            "services:\n  web:\n    image: web:1\n    ports: ['80:80']\n    restart: unless-stopped\n",
            "services:\n  migrate:\n    image: web:1\n    command: migrate\n",
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        let onceOnly = Set(
            file.services.flatMap { $0.dependencies.filter { $0.condition.contains("completed") }.map(\.service) })
        return file.services.compactMap { service in
            guard service.node.mapping != nil, service.node["extends"] == nil, !onceOnly.contains(service.name),
                !isOnce(service),
                file.anywhere(service.name).allSatisfy({
                    $0.node["restart"] == nil && $0.node.at("deploy", "restart_policy") == nil
                }),
                service.node["image"] != nil || service.node["build"] != nil
            else { return nil }
            return Violation(
                line: service.line,
                "\(service.name) stays down after a crash or a reboot; add: restart: unless-stopped",
                fix: insertion(in: service))
        }
    }

    private static func isOnce(_ service: ComposeService) -> Bool {
        let words = Set(service.name.lowercased().split { "-_.".contains($0) }.map(String.init))
        let once: Set<String> = [
            "migrate", "migrator", "migration", "migrations", "init", "seed", "setup", "test", "tests", "job",
            "prestart",
            "playwright", "cypress", "builder", "build", "certbot", "cli", "console", "backup", "initdb", "dbmigrate",
        ]
        return !once.isDisjoint(with: words) || service.command?.text.hasPrefix("sleep infinity") == true
    }

    private static func insertion(in service: ComposeService) -> Fix? {
        guard let first = service.node.mapping?.entries.first, first.line > service.line else { return nil }
        let indent = String(repeating: " ", count: first.position.column - 1)
        return Fix(
            "restart unless stopped", line: first.line, count: 0, replacement: [indent + "restart: unless-stopped"])
    }

    /// The kernel ends it before it answers.
    static let tooLittleMemory = Rule(
        "CO032", .error, "a memory limit is too small for the image",
        why: "The kernel ends the process when it reaches the limit, at start or under the first load.",
        catches: ["services:\n  db:\n    image: postgres:17\n    mem_limit: 50M\n"],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    mem_limit: 256M\n",
            "services:\n  db:\n    image: postgres:17\n    mem_limit: '0'\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let limit = service.memoryLimit, let bytes = ByteCount.read(limit.text),
                let image = file.known(service),
                // 0 is no limit.
                bytes > 0, bytes < image.smallestMemoryInBytes
            else { return nil }
            return Violation(
                line: limit.line,
                "\(limit.text) is too little for \(image.title); write at least: \(image.smallestMemoryInBytes >> 20)M")
        }
    }

    /// One process can take the whole machine down.
    static let noMemoryLimit = Rule(
        "CO033", .info, "a service has no memory limit",
        why: "Without a limit one service that leaks takes the memory of all others, the database included.",
        catches: [
            ["compose.prod.yml": "services:\n  web:\n    image: web:1\n"],
            "services:\n  a:\n    image: a:1\n    mem_limit: 1g\n  b:\n    image: b:1\n",
        ],
        passes: [
            ["compose.prod.yml": "services:\n  web:\n    image: web:1\n    mem_limit: 512M\n"],
            "services:\n  web:\n    image: web:1\n",
        ]
    ) { file in
        let isWanted =
            DevelopmentPath.isProduction(file.location) || file.services.contains { $0.memoryLimit != nil }
        guard isWanted, !file.isForDevelopment else { return [] }
        return file.services.compactMap { service in
            guard service.node.mapping != nil, !isOnce(service), service.node["extends"] == nil,
                file.anywhere(service.name).allSatisfy({ $0.memoryLimit == nil })
            else { return nil }
            return Violation(line: service.line, "\(service.name) may take all memory; add: mem_limit: 512M")
        }
    }

    /// The container is the host.
    static let privileged = Rule(
        "CO034", .warning, "a service has the host's rights",
        why: "Privileged containers, the host's namespaces and wide capabilities undo the isolation that a container "
            + "has: who breaks in owns the machine.",
        catches: [
            "services:\n  web:\n    image: web:1\n    privileged: true\n",
            "services:\n  web:\n    image: web:1\n    cap_add: [SYS_ADMIN]\n",
            "services:\n  web:\n    image: web:1\n    pid: host\n",
        ],
        passes: [
            "services:\n  web:\n    image: web:1\n    cap_add: [NET_BIND_SERVICE]\n",
            "services:\n  metrics:\n    image: prom/node-exporter:v1.8.2\n    pid: host\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            var found: [Violation] = []
            func report(_ node: DataNode?, _ text: String) {
                guard let node else { return }
                found.append(
                    Violation(line: node.line, text, severity: file.isForDevelopment ? .info : .warning))
            }
            if service.node["privileged"]?.bool == true {
                report(
                    service.node["privileged"],
                    "\(service.name) is privileged; delete the line, or add: cap_add: [NAME]")
            }
            // Its own documentation asks for it: github.com/prometheus/node_exporter, Docker.
            let measuresHost = service.image.map { ImageName($0.text).name == "node-exporter" } ?? false
            for key in ["pid", "network_mode", "userns_mode"]
            where service.node[key]?.text == "host" && !measuresHost {
                report(service.node[key], "\(service.name) shares the host's \(key); delete the line")
            }
            for capability in service.node["cap_add"]?.sequence ?? [] {
                let name = capability.text?.uppercased() ?? ""
                if ["ALL", "SYS_ADMIN", "CAP_SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE"].contains(name) {
                    report(capability, "\(name) is nearly root on the host; write the one capability that is needed")
                }
            }
            return found
        }
    }

    /// The image's own account is there for a reason.
    static let rootUser = Rule(
        "CO035", .warning, "a service runs as root on purpose",
        why: "Root in the container is root on the host after a container escape, and owns every file that it writes "
            + "into a bind mount.",
        catches: [
            "services:\n  web:\n    image: web:1\n    user: root\n",
            "services:\n  web:\n    image: web:1\n    user: ${RUN_AS:-0}\n",
        ],
        passes: ["services:\n  web:\n    image: web:1\n    user: '1000:1000'\n"]
    ) { file in
        file.services.compactMap { service in
            guard let user = service.user, !isOnce(service),
                ["root", "0"].contains(String(user.text.prefix { $0 != ":" }))
            else { return nil }
            return Violation(
                line: user.line, "\(service.name) runs as root; delete the line, or write: user: '1000:1000'",
                severity: file.isForDevelopment ? .info : .warning)
        }
    }

    /// It must be made by hand on each machine.
    static let externalResource = Rule(
        "CO036", .info, "a network or volume must exist before",
        why: "Compose does not make what is external: on a new machine the project does not start until somebody does.",
        catches: ["services:\n  web:\n    image: web:1\nnetworks:\n  shared:\n    external: true\n"],
        passes: ["services:\n  web:\n    image: web:1\nnetworks:\n  shared:\n    driver: bridge\n"]
    ) { file in
        ["network", "volume"].flatMap { kind in
            (file.root?[kind + "s"]?.mapping?.entries ?? []).compactMap { entry -> Violation? in
                let external = entry.value["external"]
                guard external?.bool == true || external?.mapping != nil else { return nil }
                let name = entry.value["name"]?.text ?? external?["name"]?.text ?? entry.key
                guard !isMade(kind, Interpolation.expand(name) { _ in nil }, by: file.repository) else { return nil }
                return Violation(line: entry.line, "\(name) must exist before; type: docker \(kind) create \(name)")
            }
        }
    }
}

/// Whether another project of the repository makes the network or volume: Compose puts the project's name before it.
private func isMade(_ kind: String, _ name: String, by repository: CheckedRepository) -> Bool {
    repository.composeFiles.contains { file in
        guard let project = file.root?["name"]?.text else { return false }
        return (file.root?[kind + "s"]?.mapping?.entries ?? []).contains { entry in
            entry.value["external"] == nil && name == "\(project)_\(entry.key)"
        }
    }
}

/// Sizes as Docker writes them: `50M`, `1.5g`, `512mb`, `1073741824`.
enum ByteCount {
    static func read(_ text: String) -> Int? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        let powers: [String: Int] = [
            "": 0, "b": 0, "k": 10, "kb": 10, "ki": 10, "m": 20, "mb": 20, "mi": 20, "mib": 20, "g": 30, "gb": 30,
            "gi": 30, "gib": 30,
        ]
        guard let power = powers[text.dropFirst(number.count).lowercased()] else { return nil }
        let bytes = value * Double(1 << power)
        return bytes < Double(Int.max) ? Int(bytes) : nil
    }
}

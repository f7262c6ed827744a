// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Compose refuses a project that names a service which nobody defines.
    static let danglingDependency = Rule(
        "CO005", .error, "depends_on names no service",
        why: "Compose refuses the project: a service waits for one that does not exist.",
        catches: ["services:\n  web:\n    image: web:1\n    depends_on: [database]\n  db:\n    image: postgres:17\n"],
        passes: [
            "services:\n  web:\n    image: web:1\n    depends_on: [db]\n  db:\n    image: postgres:17\n",
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "compose.prod.yml": "services:\n  web:\n    image: web:1\n    depends_on: [db]\n",
            ],
        ]
    ) { file in
        guard !file.includesOthers else { return [] }
        let known = Set(file.family.flatMap { $0.services.map(\.name) })
        return file.services.flatMap { service in
            service.dependencies.filter { !known.contains($0.service) }.compactMap { dependency -> Violation? in
                guard isRequired(service, dependency.service) else { return nil }
                let near = NearestWord.of(dependency.service, among: known).map { "; write: \($0)" } ?? "; delete it"
                return Violation(
                    line: dependency.position.line, column: dependency.position.column,
                    "\(service.name) depends on \(dependency.service), which is no service\(near)")
            }
        }
    }

    private static func isRequired(_ service: ComposeService, _ name: String) -> Bool {
        service.node.at("depends_on", name, "required")?.bool ?? true
    }

    /// Compose refuses a circle.
    static let dependencyCycle = Rule(
        "CO006", .error, "services wait for each other",
        why: "Compose refuses a circle of depends_on, because no service could start first.",
        catches: [
            "services:\n  a:\n    image: a:1\n    depends_on: [b]\n  b:\n    image: b:1\n    depends_on: [a]\n"
        ],
        passes: ["services:\n  a:\n    image: a:1\n    depends_on: [b]\n  b:\n    image: b:1\n"]
    ) { file in
        let edges = Dictionary(file.services.map { ($0.name, $0.dependencies.map(\.service)) }) { $1 }
        for service in file.services {
            var seen: Set<String> = []
            var open = edges[service.name] ?? []
            while let next = open.popLast() {
                if next == service.name {
                    return [
                        Violation(
                            line: service.line,
                            "\(service.name) waits for itself through depends_on; delete one of the entries")
                    ]
                }
                if seen.insert(next).inserted { open += edges[next] ?? [] }
            }
        }
        return []
    }

    /// Named volumes, networks, secrets and configurations must be declared.
    static let undeclaredResource = Rule(
        "CO007", .error, "a volume, network, secret or config is not declared",
        why: "Compose refuses the project: what services share must be declared at the top level.",
        catches: [
            "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\n",
            "services:\n  web:\n    image: web:1\n    networks: [back]\n",
            "services:\n  web:\n    image: web:1\n    secrets: [key]\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n",
            "services:\n  web:\n    image: web:1\n    networks: [default]\n",
        ]
    ) { file in
        guard !file.includesOthers, let root = file.root else { return [] }
        func declared(_ kind: String) -> Set<String> {
            Set(file.family.flatMap { $0.root?[kind]?.mapping?.keys ?? [] })
        }
        let (volumes, networks) = (declared("volumes"), declared("networks").union(["default"]))
        let (secrets, configs) = (declared("secrets"), declared("configs"))
        var found: [Violation] = []
        func report(_ kind: String, _ name: String, _ service: String, _ line: Int) {
            // A list stands where the declaration belongs: that is to be mended, and another rule says so.
            guard root[kind + "s"]?.sequence == nil else { return }
            found.append(
                Violation(
                    line: line,
                    "\(service) uses the \(kind) \(name), which is not declared; add "
                        + (root[kind + "s"] == nil
                            ? "at the top level: \(kind)s: {\(name): {}}" : "below \(kind)s: the line \(name): {}")))
        }
        for service in file.services {
            for mount in service.mounts where mount.kind == .volume {
                guard let source = mount.source, !source.isEmpty, !volumes.contains(source), !source.contains("$"),
                    !source.contains("\\")
                else { continue }
                report("volume", source, service.name, mount.position.line)
            }
            for (kind, known) in [("network", networks), ("secret", secrets), ("config", configs)] {
                for (name, line) in names(service.node[kind + "s"]) where !known.contains(name) && !name.contains("$") {
                    report(kind, name, service.name, line)
                }
            }
        }
        return found
    }

    /// A list of names, of mappings with a `source`, or a mapping by name.
    private static func names(_ node: DataNode?) -> [(name: String, line: Int)] {
        if let mapping = node?.mapping { return mapping.entries.map { ($0.key, $0.line) } }
        return (node?.sequence ?? []).compactMap { item in
            (item.text ?? item["source"]?.text).map { ($0, item.line) }
        }
    }

    /// Whatever nobody uses was meant for somebody.
    static let unusedVolume = Rule(
        "CO008", .info, "a declared volume is used by nobody",
        why: "A volume that is declared and mounted nowhere protects no data; often the mount has another name.",
        catches: ["services:\n  web:\n    image: web:1\nvolumes:\n  data:\n"],
        passes: ["services:\n  web:\n    image: web:1\n    volumes: ['data:/data']\nvolumes:\n  data:\n"]
    ) { file in
        guard !file.includesOthers, let volumes = file.root?["volumes"]?.mapping else { return [] }
        let used = Set(file.family.flatMap { $0.services.flatMap { $0.mounts.compactMap(\.source) } })
        return volumes.entries.filter { !used.contains($0.key) }.map {
            Violation(line: $0.line, "no service mounts \($0.key); mount it (- \($0.key):/data) or delete it")
        }
    }

    /// Compose refuses a service whose dependency its profile leaves out.
    static let dependencyInProfile = Rule(
        "CO009", .error, "depends_on names a service of a profile that is off",
        why: "Without its profile the dependency does not exist, and Compose refuses to start what needs it.",
        catches: [
            RuleExample(
                "services:\n  web:\n    image: web:1\n    depends_on: [db]\n"
                    + "  db:\n    image: postgres:17\n    profiles: [data]\n")
        ],
        passes: [
            RuleExample(
                "services:\n  web:\n    image: web:1\n    depends_on: [db]\n    profiles: [data]\n"
                    + "  db:\n    image: postgres:17\n    profiles: [data]\n")
        ]
    ) { file in
        file.services.flatMap { service in
            service.dependencies.compactMap { dependency -> Violation? in
                guard let other = file[dependency.service], !other.profiles.isEmpty,
                    isRequired(service, other.name), service.profiles.isEmpty
                else { return nil }
                return Violation(
                    line: dependency.position.line,
                    "\(service.name) always starts and needs \(other.name) of the profile \(other.profiles[0]); "
                        + "add: profiles: [\(other.profiles[0])]")
            }
        }
    }

    /// `extends` must lead somewhere.
    static let danglingExtends = Rule(
        "CO010", .error, "extends leads nowhere",
        why: "Compose refuses the file: the file or the service that it extends does not exist.",
        catches: [
            "services:\n  web:\n    extends:\n      file: base.yml\n      service: web\n",
            "services:\n  web:\n    extends:\n      service: base\n",
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    extends:\n      file: common/compose.yml\n      service: web\n",
                "common/compose.yml": "services:\n  web:\n    image: web:1\n",
            ]
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return file.services.compactMap { service in
            guard let extends = service.node["extends"] else { return nil }
            let name = extends.text ?? extends["service"]?.text ?? ""
            guard let other = extends["file"]?.text else {
                guard file[name] == nil else { return nil }
                return Violation(line: extends.line, "\(service.name) extends \(name), which is no service here")
            }
            guard let path = file.resolve(other) else { return nil }
            guard let text = file.repository.tree.text(path) else {
                return Violation(
                    line: extends.line, "\(path) does not exist; write the path of the file that has \(name)")
            }
            guard ComposeFile(parsing: text)[name] == nil else { return nil }
            return Violation(
                line: extends.line, "\(path) has no service \(name); write the name of one of its services")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Joins what services need with what files say about databases, caches and queues.
struct ResourceResolver {
    let candidates: [Candidate]
    let names: [Subject: String]
    let evidence: [Statement]

    typealias Statement = (
        kind: Resource.Kind, version: String?, variable: String?, image: String?, origin: Origin
    )

    /// The name people give a resource of this kind, and the one for a second database.
    private static let usualNames: [Resource.Kind: String] = [
        .postgres: "db", .mysql: "db", .mariadb: "db", .mongodb: "db", .sqlite: "db", .redis: "redis",
        .valkey: "valkey", .rabbitmq: "rabbitmq", .s3: "storage", .elasticsearch: "search", .memcached: "memcached",
        .meilisearch: "meilisearch",
    ]

    func add(to spec: inout AppSpec) {
        let kinds = Set(candidates.flatMap(\.needs)).sorted { $0.rawValue < $1.rawValue }
        var taken = Set(spec.services.map(\.name))
        for kind in kinds.sorted(by: { weight($0) > weight($1) }) {
            let usual = Self.usualNames[kind] ?? kind.rawValue
            let choices = [usual, kind.rawValue, kind.rawValue + "-server", kind.rawValue + "-store"]
            let name = choices.first { !taken.contains($0) } ?? usual
            taken.insert(name)
            spec.resources.append(resource(kind, named: name, &spec))
            for index in spec.services.indices {
                let subject = names.first { $0.value == spec.services[index].name }?.key
                guard let candidate = candidates.first(where: { $0.subject == subject }) else { continue }
                let claim = candidate.claims("uses").first { $0.claim == .needs(kind) }
                guard let claim else { continue }
                spec.services[index].uses = (spec.services[index].uses + [name]).sorted()
                spec.origins["services.\(spec.services[index].name).uses.\(name)"] = claim.origin
            }
        }
        spec.resources.sort { $0.name < $1.name }
    }

    /// Relational databases take the name `db` before others do.
    private func weight(_ kind: Resource.Kind) -> Int {
        switch kind {
        case .postgres: 3
        case .mysql, .mariadb: 2
        // A file beside the code; any server takes the name first.
        case .sqlite: 0
        default: 1
        }
    }

    private func resource(_ kind: Resource.Kind, named name: String, _ spec: inout AppSpec) -> Resource {
        let about = evidence.filter { $0.kind == kind }.sorted { $0.origin.confidence > $1.origin.confidence }
        var resource = Resource(name: name, kind: kind)
        if let found = about.first(where: { $0.version != nil }) {
            resource.version = found.version
            resource.image = found.image
            spec.origins["resources.\(name).version"] = found.origin
        }
        if let found = about.first(where: { $0.variable != nil }) {
            resource.variable = found.variable
            spec.origins["resources.\(name).variable"] = found.origin
        }
        let source = candidates.flatMap { $0.claims("uses") }.filter { $0.claim == .needs(kind) }
            .max { $0.score < $1.score }
        spec.origins["resources.\(name).kind"] = source?.origin
        return resource
    }
}

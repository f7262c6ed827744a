// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which part of the database's address each variable of a Django site holds: the key of `DATABASES["default"]` says
/// it, whatever the variable is called.
struct DjangoDatabaseParts {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// docs.djangoproject.com/en/stable/ref/settings/#databases
    private static let parts: [String: ResourcePart] = [
        "ENGINE": .engine, "NAME": .database, "USER": .user, "PASSWORD": .password, "HOST": .host, "PORT": .port,
    ]
    private static let deepest = 6

    /// Notes the part at each variable that holds one and nothing else.
    func note(in spec: inout AppSpec) {
        guard !repository.django.isEmpty else { return }
        let names = Set(spec.variables.map(\.name))
        var found: [String: Set<ResourcePart>] = [:]
        for project in repository.python {
            guard let site = repository.django[project.directory] else { continue }
            for source in site.settings {
                let reader = Reader(
                    source: source, trace: PythonVariableTrace(modules: project.modules, names: names))
                found.merge(reader.parts()) { $0.union($1) }
            }
        }
        let kinds = spec.resources.map(\.kind)
        for index in spec.variables.indices {
            let variable = spec.variables[index]
            guard let parts = found[variable.name], parts.count == 1, let part = parts.first else { continue }
            // The code's own word for the same server stays: it can be one with maps, or with a pool.
            if part == .engine, let own = variable.default, kinds.contains(where: { Self.isBackend(own, of: $0) }) {
                continue
            }
            spec.variables[index].part = part
        }
    }

    private static func isBackend(_ text: String, of kind: Resource.Kind) -> Bool {
        switch kind {
        case .postgres: text.contains("postg") || text.contains("psycopg")
        case .mysql, .mariadb: text.contains("mysql")
        default: false
        }
    }

    /// The dictionaries of one settings file.
    private struct Reader {
        let source: PythonSource
        let trace: PythonVariableTrace

        func parts() -> [String: Set<ResourcePart>] {
            var found: [String: Set<ResourcePart>] = [:]
            func note(_ value: PythonExpression, as key: String?) {
                guard let part = key.flatMap({ DjangoDatabaseParts.parts[$0] }) else { return }
                for name in trace.variables(in: value, of: source, whole: part == .engine) {
                    found[name, default: []].insert(part)
                }
            }
            func read(_ database: PythonExpression) {
                for pairs in dictionaries(database) {
                    // A file, whose name is no database of a server.
                    let engine = pairs.first { $0.key?.string == "ENGINE" }?.value.string
                    if engine?.contains("sqlite") == true { continue }
                    for pair in pairs { note(pair.value, as: pair.key?.string) }
                }
            }
            for statement in source.statements where statement.scope.count <= 1 {
                guard case .assignment(let targets, _, let value?) = statement.kind else { continue }
                for target in targets {
                    if target.dotted == "DATABASES" {
                        for pair in dictionaries(value).joined() where pair.key?.string == "default" {
                            read(pair.value)
                        }
                    } else if Self.isDefault(target) {
                        read(value)
                    } else if case .subscripted(let item) = target, Self.isDefault(item.base) {
                        note(value, as: item.index.string)
                    }
                }
            }
            return found
        }

        /// `DATABASES["default"]`
        private static func isDefault(_ expression: PythonExpression) -> Bool {
            guard case .subscripted(let item) = expression else { return false }
            return item.base.dotted == "DATABASES" && item.index.string == "default"
        }

        /// The dictionaries that an expression can be.
        private func dictionaries(_ expression: PythonExpression, depth: Int = 0) -> [[PythonPair]] {
            guard depth < DjangoDatabaseParts.deepest else { return [] }
            switch expression {
            case .dictionary(let pairs): return [pairs]
            case .operation("if", let operands) where operands.count == 3:
                return dictionaries(operands[0], depth: depth + 1) + dictionaries(operands[2], depth: depth + 1)
            case .name(let name):
                return source.moduleAssignments[name].map { dictionaries($0.value, depth: depth + 1) } ?? []
            default: return []
            }
        }
    }
}

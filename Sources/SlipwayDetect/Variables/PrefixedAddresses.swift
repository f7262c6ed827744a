// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Finds the variable of a resource's address behind the prefix that settings of a program have: `APP_DATABASE_URL`,
/// `SHOP__DATABASE__URL`.
enum PrefixedAddresses {
    /// Notes the variable at resources of which nothing else says it, where one alone can be meant.
    static func name(in spec: inout AppSpec) {
        let named = Set(spec.resources.compactMap(\.variable))
        for index in spec.resources.indices where spec.resources[index].variable == nil {
            let resource = spec.resources[index]
            guard let usual = ResourceVariables.names[resource.kind],
                spec.resources.count(where: { $0.kind == resource.kind }) == 1
            else { continue }
            let services = Set(spec.services.filter { $0.uses.contains(resource.name) }.map(\.name))
            let own = spec.variables.filter { !services.isDisjoint(with: $0.services) && $0.phase != .build }
            guard !own.contains(where: { usual.contains($0.name) }) else { continue }
            let fitting = own.filter { variable in
                let name = plain(variable.name)
                return !named.contains(variable.name) && !name.contains("TEST") && !name.contains("SHADOW")
                    && usual.contains { name.hasSuffix("_" + $0) }
            }
            guard fitting.count == 1, let variable = fitting.first else { continue }
            spec.resources[index].variable = variable.name
            spec.origins["resources.\(resource.name).variable"] = Origin(
                why: "the code reads \(variable.name)", confidence: Confidence.dependency)
        }
    }

    private static func plain(_ name: String) -> String {
        name.uppercased().split(separator: "_").joined(separator: "_")
    }
}

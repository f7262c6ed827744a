// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How a person makes the cluster's secret from a filled environment file: that file has no addresses of databases,
/// because Compose puts them together itself.
struct ClusterSecret {
    let objects: KubernetesObjects
    /// `production`, as in `.env.production`.
    let environment: String

    private var layout: Layout { objects.layout }

    /// Shell lines; none when nothing is secret. No value is an argument, where every user of the machine could read it.
    var lines: [String] {
        let keys = objects.secretKeys
        guard !keys.isEmpty else { return [] }
        return ["(set -a; . ./.env.\(environment)"] + addresses + [
            "for name in \(keys.joined(separator: " ")); do",
            "    value=\"$(printenv \"$name\")\" && printf '%s=%s\\n' \"$name\" \"$value\"",
            "done) | kubectl create secret generic \(layout.name)-secrets --namespace \(layout.name)-\(environment)"
                + " --from-env-file=/dev/stdin",
        ]
    }

    private var addresses: [String] {
        var found: [String: String] = [:]
        for service in layout.app.services where !service.role.isServedFromFiles {
            for case (let variable, .resource(let resource)) in layout.runVariables(of: service) {
                let address = ResourceImage.address(
                    of: resource, host: resource.name,
                    password: "$\(SwarmEmitter.passwordName(resource))", for: variable,
                    language: service.language)
                if !address.isEmpty { found[variable.name] = address }
            }
        }
        return found.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
    }
}

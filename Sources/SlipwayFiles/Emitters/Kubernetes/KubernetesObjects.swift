// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The objects of one application for Kubernetes 1.25 and newer, valid for the restricted Pod Security Standard
/// (kubernetes.io/docs/concepts/security/pod-security-standards).
///
/// A value is a text to the plain manifests and a template expression to the chart; both print the same objects.
struct KubernetesObjects {
    /// What differs between the plain manifests and the chart.
    struct Values: Sendable {
        let image: @Sendable (Layout.Image) -> FileValue
        let scale: @Sendable (Service) -> (least: FileValue, most: FileValue)
        let host: FileValue
        let secret: FileValue
        let storage: @Sendable (String) -> FileValue
        /// Whether Helm runs what migrates, before an upgrade.
        let isChart: Bool
    }

    let layout: Layout
    let values: Values
    /// Variables that are no secret, with what the code takes without them.
    let settings: [(String, String)]
    private let settingNames: Set<String>

    init(layout: Layout, values: Values) {
        self.layout = layout
        self.values = values
        var seen: Set<String> = []
        var settings: [(String, String)] = []
        for service in layout.app.services where !service.role.isServedFromFiles {
            for (variable, source) in layout.runVariables(of: service) {
                guard case .optional(let value?) = source, !value.isEmpty, seen.insert(variable.name).inserted else {
                    continue
                }
                settings.append((variable.name, value))
            }
        }
        self.settings = settings.sorted { $0.0 < $1.0 }
        settingNames = seen
    }

    /// A file's name without its ending, and its objects.
    /// The fixed names have an underscore, which no service's name has.
    var files: [(name: String, objects: [FileMap])] {
        var files: [(name: String, objects: [FileMap])] = [
            ("app_network", networkPolicies), ("app_serviceaccount", [account]),
        ]
        if !settings.isEmpty { files.append(("app_config", [configuration])) }
        let images = layout.images.map { layout.contained($0) }
        for image in images {
            for service in image.services where isRunnable(service) {
                files.append((service.name, objects(service, image: image)))
            }
        }
        for resource in layout.resources(of: layout.app.services) {
            if let image = ResourceImage(resource) { files.append((resource.name, stateful(resource, image))) }
        }
        for image in images {
            if let release = image.services.compactMap(\.release).first, layout.startAfterMigration(of: image) == nil {
                files.append(("migrate_\(image.owner.name)", [migration(release, image)]))
            }
        }
        if let ingress { files.append(("app_ingress", [ingress] + (strippingIngress.map { [$0] } ?? []))) }
        let backups = layout.dumpable.filter { $0.kind == .postgres }
        if !backups.isEmpty { files.append(("app_backup", backups.flatMap(backup))) }
        return files
    }

    func isRunnable(_ service: Service) -> Bool { service.start != nil || service.role.isServedFromFiles }

    // MARK: Parts

    func object(
        _ version: String, _ kind: String, _ name: String, component: String? = nil, extra: FileMap = [:]
    ) -> FileMap {
        var metadata: FileMap = ["name": .string(name), "labels": .map(labels(component))]
        for entry in extra.entries { metadata.set(entry.key, entry.value) }
        return ["apiVersion": .string(version), "kind": .string(kind), "metadata": .map(metadata)]
    }

    func labels(_ component: String?) -> FileMap {
        var labels: FileMap = ["app.kubernetes.io/name": .string(layout.name)]
        if let component { labels.set("app.kubernetes.io/component", .string(component)) }
        labels.set("app.kubernetes.io/managed-by", "slipway")
        return labels
    }

    func selector(_ component: String) -> FileMap {
        ["app.kubernetes.io/name": .string(layout.name), "app.kubernetes.io/component": .string(component)]
    }

    func podSecurity(user: Int) -> FileValue {
        [
            "runAsNonRoot": true, "runAsUser": .integer(user), "runAsGroup": .integer(user), "fsGroup": .integer(user),
            "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": ["type": "RuntimeDefault"],
        ]
    }

    func containerSecurity(readOnly: Bool) -> FileValue {
        [
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": .boolean(readOnly),
            "capabilities": ["drop": .texts(["ALL"])],
        ]
    }

    func resources(cpu: String, memory: String, limit: String) -> FileValue {
        [
            "requests": ["cpu": .string(cpu), "memory": .string(memory)],
            "limits": ["memory": .string(limit)],
        ]
    }

    var account: FileMap {
        var account = object("v1", "ServiceAccount", layout.name)
        account.set("automountServiceAccountToken", false)
        return account
    }

    // MARK: Configuration

    var configuration: FileMap {
        var map = object("v1", "ConfigMap", layout.name)
        map.set("data", .pairs(settings))
        return map
    }

    /// Names of the keys that the application's Secret must hold.
    var secretKeys: [String] {
        var keys: Set<String> = []
        for service in layout.app.services where !service.role.isServedFromFiles {
            for (variable, source) in layout.runVariables(of: service) {
                switch source {
                case .resource, .invented, .given: keys.insert(variable.name)
                case .part(let resource, .password): keys.insert(SwarmEmitter.passwordName(resource))
                default: continue
                }
            }
        }
        for resource in layout.resources(of: layout.app.services)
        where !ResourceImage.settings(of: resource, password: "x").isEmpty {
            keys.insert(SwarmEmitter.passwordName(resource))
        }
        return keys.sorted()
    }

    func environment(_ service: Service) -> [FileValue] {
        return layout.runVariables(of: service).compactMap { variable, source in
            switch source {
            case .port(let port): return ["name": .string(variable.name), "value": .string("\(port)")]
            case .host: return ["name": .string(variable.name), "value": "0.0.0.0"]
            case .part(let resource, let part):
                return part == .password
                    ? reference(SwarmEmitter.passwordName(resource), name: variable.name)
                    : [
                        "name": .string(variable.name),
                        "value": .string(ResourceImage.text(of: part, resource, host: resource.name)),
                    ]
            case .resource, .invented, .given:
                return reference(variable.name, optional: !variable.required)
            case .optional:
                guard settingNames.contains(variable.name) else { return nil }
                return [
                    "name": .string(variable.name),
                    "valueFrom": ["configMapKeyRef": ["name": .string(layout.name), "key": .string(variable.name)]],
                ]
            }
        }
    }

    func reference(_ key: String, name: String? = nil, optional: Bool = false) -> FileValue {
        var place: FileMap = ["name": values.secret, "key": .string(key)]
        if optional { place.set("optional", true) }
        return ["name": .string(name ?? key), "valueFrom": ["secretKeyRef": .map(place)]]
    }
}

extension FileMap {
    /// The entries without a key.
    func removing(_ key: String) -> FileMap { FileMap(entries.filter { $0.key != key }) }
}

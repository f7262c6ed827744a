// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension RuleExample {
    /// A Deployment whose one container has these lines besides its name and image.
    static func deployment(_ container: String, spec: String = "", pod: String = "", image: String = "web:1")
        -> RuleExample
    {
        func lines(_ text: String, _ indent: Int) -> String {
            text.split(separator: "\n").map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
        }
        return RuleExample(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n" + lines(spec, 2)
                + "  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n"
                + "    spec:\n" + lines(pod, 6) + "      containers:\n        - name: web\n          image: \(image)\n"
                + lines(container, 10))
    }
}

extension Rule<CheckedFile<ManifestFile>> {
    /// Traffic reaches a pod that is not ready.
    static let noReadiness = Rule(
        "KU001", .warning, "a container without a readiness probe", alias: ["no-readiness-probe"],
        why:
            "A new pod gets requests as soon as its process exists, so every release answers some of them with errors.",
        catches: [.deployment("ports:\n  - containerPort: 8000")],
        passes: [
            .deployment(
                "ports:\n  - containerPort: 8000\nreadinessProbe:\n  httpGet:\n    path: /health\n    port: 8000"),
            .deployment(""),
        ]
    ) { file in
        file.workloads.filter(\.isServing).flatMap { object in
            object.containers.compactMap { container in
                guard container["ports"]?.sequence?.isEmpty == false, container["readinessProbe"] == nil,
                    container["startupProbe"] == nil
                else { return nil }
                let port = container["ports"]?[0]?["containerPort"]?.text ?? "8000"
                return Violation(
                    line: container.line,
                    "\(object.name) gets requests before it is ready; add: readinessProbe: {httpGet: {path: /health, port: \(port)}}"
                )
            }
        }
    }

    /// A process that hangs stays.
    static let noLiveness = Rule(
        "KU002", .info, "a container without a liveness probe", alias: ["no-liveness-probe"],
        why: "A process that hangs without ending is never restarted.",
        catches: [.deployment("ports:\n  - containerPort: 8000")],
        passes: [.deployment("ports:\n  - containerPort: 8000\nlivenessProbe:\n  tcpSocket:\n    port: 8000")]
    ) { file in
        file.workloads.filter(\.isServing).flatMap { object in
            object.containers.compactMap { container in
                guard container["ports"]?.sequence?.isEmpty == false, container["livenessProbe"] == nil else {
                    return nil
                }
                return Violation(
                    line: container.line, "\(object.name) is never restarted when it hangs; add: livenessProbe")
            }
        }
    }

    /// One leak takes the node down.
    static let noLimits = Rule(
        "KU003", .warning, "a container without requests and a memory limit",
        alias: ["unset-memory-requirements", "unset-cpu-requirements"],
        why:
            "Without requests the scheduler fills a node blindly; without a memory limit one leak ends its neighbours.",
        catches: [.deployment("")],
        passes: [.deployment("resources:\n  requests:\n    memory: 128Mi\n    cpu: 100m\n  limits:\n    memory: 256Mi")]
    ) { file in
        file.workloads.flatMap { object in
            object.containers.compactMap { container in
                let resources = container["resources"]
                var missing: [String] = []
                if resources?.at("requests", "memory") == nil, resources?.at("limits", "memory") == nil {
                    missing.append("requests: {cpu: 100m, memory: 128Mi}")
                }
                if resources?.at("limits", "memory") == nil { missing.append("limits: {memory: 256Mi}") }
                guard !missing.isEmpty else { return nil }
                return Violation(
                    line: container.line,
                    "\(object.name) can take the node's memory; add: resources: {\(missing.joined(separator: ", "))}")
            }
        }
    }

    /// A limit below the request is refused.
    static let limitBelowRequest = Rule(
        "KU004", .error, "a limit is below the request",
        why: "The API server refuses the object.",
        catches: [.deployment("resources:\n  requests:\n    memory: 1Gi\n  limits:\n    memory: 512Mi")],
        passes: [
            .deployment(
                "resources:\n  requests:\n    memory: 512Mi\n    cpu: 500m\n  limits:\n    memory: 1Gi\n    cpu: 1")
        ]
    ) { file in
        file.workloads.flatMap { object in
            object.allContainers.flatMap { container in
                ["memory", "cpu"].compactMap { name -> Violation? in
                    guard let limit = container.at("resources", "limits", name),
                        let most = KubernetesQuantity.value(limit.text),
                        let request = KubernetesQuantity.value(container.at("resources", "requests", name)?.text),
                        most < request
                    else { return nil }
                    return Violation(
                        line: limit.line, "the \(name) limit is below the request; write at least the request's value")
                }
            }
        }
    }

    /// Requests are cut at every release.
    static let noDrain = Rule(
        "KU005", .info, "pods end before the load balancer knows",
        why: "The pod gets its stop signal while requests still arrive; each rolling update cuts some of them.",
        catches: [.deployment("ports:\n  - containerPort: 8000", spec: "replicas: 2")],
        passes: [
            .deployment(
                "ports:\n  - containerPort: 8000\nlifecycle:\n  preStop:\n    exec:\n      command: [sleep, '5']",
                spec: "replicas: 2"),
            .deployment("ports:\n  - containerPort: 5432", image: "postgres:17"),
        ]
    ) { file in
        file.objects.filter { $0.kind == "Deployment" }.flatMap { object in
            object.containers.compactMap { container in
                guard container["ports"]?.sequence?.isEmpty == false, container.at("lifecycle", "preStop") == nil,
                    object.node.at("spec", "strategy", "type")?.text != "Recreate",
                    KnownImage.of(container["image"]?.text ?? "") == nil
                else { return nil }
                return Violation(
                    line: container.line,
                    "\(object.name) loses requests at every release; add: lifecycle: {preStop: {exec: {command: [sleep, '5']}}}"
                )
            }
        }
    }

    /// A volume that one node can mount.
    static let sharedSingleVolume = Rule(
        "KU006", .error, "several pods need a volume that one node can mount",
        why: "With ReadWriteOnce all pods of other nodes wait forever for the volume.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n        - name: web\n          image: web:1\n      volumes:\n        - name: data\n          persistentVolumeClaim:\n            claimName: data\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n"
            ]
        ],
        passes: [
            [
                "k8s/a.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n        - name: web\n          image: web:1\n      volumes:\n        - name: data\n          persistentVolumeClaim:\n            claimName: data\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteMany]\n"
            ]
        ]
    ) { file in
        file.objects.filter { $0.kind == "Deployment" && $0.replicas > 1 }.flatMap { object in
            object.claims.compactMap { claim -> Violation? in
                guard let modes = KubernetesVolumes.modes(of: claim.text ?? "", in: file),
                    !modes.contains("ReadWriteMany"),
                    !modes.contains("ReadOnlyMany")
                else { return nil }
                return Violation(
                    line: claim.line,
                    "\(object.replicas) pods of \(object.name) need a volume that is ReadWriteOnce; write: replicas: 1, or accessModes: [ReadWriteMany]"
                )
            }
        }
    }

    /// The new pod waits for the volume of the old one.
    static let rollingSingleVolume = Rule(
        "KU007", .warning, "a rolling update of a pod that owns a volume",
        why: "The new pod waits for the volume until the old one ends, and the old one stays until the new one is "
            + "ready: the update hangs, or two processes write the same files.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: db\nspec:\n  selector:\n    matchLabels: {app: db}\n  template:\n    metadata:\n      labels: {app: db}\n    spec:\n      containers:\n        - name: db\n          image: postgres:17\n      volumes:\n        - name: data\n          persistentVolumeClaim:\n            claimName: data\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n"
            ]
        ],
        passes: [
            [
                "k8s/a.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: db\nspec:\n  strategy:\n    type: Recreate\n  selector:\n    matchLabels: {app: db}\n  template:\n    metadata:\n      labels: {app: db}\n    spec:\n      containers:\n        - name: db\n          image: postgres:17\n      volumes:\n        - name: data\n          persistentVolumeClaim:\n            claimName: data\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n"
            ]
        ]
    ) { file in
        file.objects.filter { $0.kind == "Deployment" && $0.node.at("spec", "strategy", "type")?.text != "Recreate" }
            .compactMap { object in
                guard let claim = object.claims.first, object.replicas == 1,
                    let modes = KubernetesVolumes.modes(of: claim.text ?? "", in: file),
                    !modes.contains("ReadWriteMany"),
                    object.node.at("spec", "strategy", "rollingUpdate", "maxSurge")?.text != "0"
                else { return nil }
                return Violation(
                    line: object.line,
                    "\(object.name) hangs at its next update; add under spec: strategy: {type: Recreate}")
            }
    }

    /// A database that forgets.
    static let storeWithoutVolume = Rule(
        "KU008", .error, "a database without a volume",
        why: "Its data are in the container and gone with the next restart, update or move to another node.",
        catches: [
            .deployment("", image: "postgres:17"),
            [
                "k8s/a.yaml":
                    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: store\nspec:\n  template:\n    spec:\n      containers:\n        - name: store\n          image: redis:7\n"
            ],
        ],
        passes: [
            .deployment(
                "volumeMounts:\n  - name: data\n    mountPath: /var/lib/postgresql/data",
                pod: "volumes:\n  - name: data\n    persistentVolumeClaim:\n      claimName: data", image: "postgres:17"
            ),
            .deployment("", image: "redis:7"),
        ]
    ) { file in
        file.workloads.filter { $0.kind == "Deployment" || $0.kind == "StatefulSet" }.flatMap { object -> [Violation] in
            guard object.node.at("spec", "volumeClaimTemplates")?.sequence?.isEmpty != false else { return [] }
            let volumes = object.pod?["volumes"]?.sequence ?? []
            return object.containers.compactMap { container in
                guard let image = container["image"], let known = KnownImage.of(image.text ?? ""),
                    known.kind == .database || known.kind == .cache && isMeantToKeep(object, known)
                else { return nil }
                let mounts = (container["volumeMounts"]?.sequence ?? []).compactMap { $0["name"]?.text }
                let isKept = volumes.contains { volume in
                    mounts.contains(volume["name"]?.text ?? "") && volume["emptyDir"] == nil
                        && volume["configMap"] == nil
                        && volume["secret"] == nil
                }
                guard !isKept else { return nil }
                return Violation(
                    line: image.line,
                    "\(known.title) loses its data at the next restart; mount a persistentVolumeClaim at \(known.dataPaths.first ?? "/data")",
                    severity: DevelopmentPath.isLikely(file.location) || known.kind == .cache ? .warning : nil)
            }
        }
    }

    /// Who takes a StatefulSet for a cache wants its data to stay.
    private static func isMeantToKeep(_ object: KubernetesObject, _ known: KnownImage) -> Bool {
        object.kind == "StatefulSet" && !known.dataPaths.isEmpty
    }
}

/// `500m`, `1Gi`.
enum KubernetesQuantity {
    private static let units: [String: Double] = [
        "": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824,
        "Ti": 1_099_511_627_776,
    ]

    static func value(_ text: String?) -> Double? {
        guard let text else { return nil }
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))] else { return nil }
        return value * unit
    }
}

/// Claims and what they allow.
enum KubernetesVolumes {
    /// Access modes of a claim that stands in the repository.
    static func modes(of claim: String, in file: CheckedFile<ManifestFile>) -> [String]? {
        file.neighbours.first { $0.kind == "PersistentVolumeClaim" && $0.name == claim }?
            .node.at("spec", "accessModes")?.texts
    }
}

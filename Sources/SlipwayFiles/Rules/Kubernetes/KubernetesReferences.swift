// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ManifestFile>> {
    /// API versions that the server no longer knows.
    static let removedVersion = Rule(
        "KU030", .error, "an API version that Kubernetes has removed", alias: ["no-extensions-v1beta"],
        why: "The API server answers: no matches for kind (kubernetes.io/docs/reference/using-api/deprecation-guide).",
        catches: [
            "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata:\n  name: web\n",
            "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: web\n",
        ],
        passes: ["apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n"]
    ) { file in
        file.objects.compactMap { object in
            guard let node = object.node["apiVersion"],
                let change = KubernetesVersions.removed["\(object.apiVersion) \(object.kind)"]
            else { return nil }
            return Violation(
                line: node.line, "Kubernetes \(change.release) has removed it; write: apiVersion: \(change.next)",
                fix: file.fix(
                    "Take \(change.next)", line: node.line, object.apiVersion, with: change.next, isUnsafe: true))
        }
    }

    /// The API server refuses an object that does not select its own pods.
    static let selectorMismatch = Rule(
        "KU031", .error, "the selector does not match the pods' labels", alias: ["mismatching-selector"],
        why: "The API server refuses the object: selector does not match template labels.",
        catches: [
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n      app: wbe\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
        ],
        passes: [.deployment("")]
    ) { file in
        file.workloads.filter(\.isServing).filter { $0.apiVersion.hasPrefix("apps/") }.compactMap { object in
            guard let selector = object.node.at("spec", "selector") else {
                guard !file.hasUnseen || file.repository.isWhole == false else { return nil }
                return Violation(
                    line: object.line, "\(object.name) has no selector; add under spec: selector: {matchLabels: {...}}")
            }
            let wanted = KubernetesObject.texts(selector["matchLabels"])
            guard let wrong = wanted.sorted(by: { $0.key < $1.key }).first(where: { object.labels[$0.key] != $0.value })
            else { return nil }
            return Violation(
                line: selector.line,
                "the pods of \(object.name) have no label \(wrong.key): \(wrong.value); write the same labels in both places"
            )
        }
    }

    /// Every node of the cluster opens the port to whoever reaches it.
    static let publishedDatabase = Rule(
        "KU038", .warning, "a Service publishes a database",
        why: "A NodePort opens the port on every node and a LoadBalancer on the internet: everybody can try passwords. "
            + "Pods reach the database by the Service's name without it.",
        catches: [
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: db\nspec:\n  type: NodePort\n  ports:\n    - port: 5432\n"
        ],
        passes: [
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: db\nspec:\n  ports:\n    - port: 5432\n",
            RuleExample(
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: db\n  annotations:\n"
                    + "    networking.gke.io/load-balancer-type: Internal\nspec:\n  type: LoadBalancer\n  ports:\n"
                    + "    - port: 5432\n"),
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: LoadBalancer\n  ports:\n    - port: 80\n",
        ]
    ) { file in
        // The ports that IANA has given to databases, caches and brokers.
        let stores: [Int: String] = [
            5432: "PostgreSQL", 3306: "MySQL", 27017: "MongoDB", 6379: "Redis", 5672: "RabbitMQ", 9200: "Elasticsearch",
            11211: "Memcached", 1433: "SQL Server",
        ]
        return file.objects.filter { $0.kind == "Service" }.compactMap { service in
            guard let type = service.node.at("spec", "type"), ["NodePort", "LoadBalancer"].contains(type.text ?? "")
            else { return nil }
            let notes = service.node.at("metadata", "annotations")?.mapping?.entries ?? []
            // Clouds make a balancer that only the private network reaches.
            guard !notes.contains(where: { "\($0.key) \($0.value.text ?? "")".lowercased().contains("internal") }),
                service.node.at("spec", "loadBalancerSourceRanges") == nil
            else { return nil }
            let ports = service.node.at("spec", "ports")?.sequence ?? []
            let numbers = ports.flatMap { [$0["port"]?.int, $0["targetPort"]?.int] }.compactMap { $0 }
            guard let title = numbers.lazy.compactMap({ stores[$0] }).first else { return nil }
            return Violation(
                line: type.line, "\(title) is published outside the cluster; write: type: ClusterIP")
        }
    }

    /// A Service without pods answers nothing.
    static let serviceWithoutPods = Rule(
        "KU032", .error, "a Service selects no pods", alias: ["dangling-service"],
        why: "The Service has no endpoints: every request to it is refused.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: frontend\n  ports:\n    - port: 80\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            ]
        ],
        passes: [
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n    - port: 80\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            ]
        ]
    ) { file in
        guard !file.hasUnseen else { return [] }
        let pods = file.neighbours.filter { $0.template != nil }
        guard !pods.isEmpty else { return [] }
        return file.objects.filter { $0.kind == "Service" }.compactMap { service in
            guard let selector = service.node.at("spec", "selector") else { return nil }
            let wanted = KubernetesObject.texts(selector)
            guard !wanted.isEmpty, !wanted.values.contains(where: { $0.contains("$") }),
                !pods.contains(where: { pod in wanted.allSatisfy { pod.labels[$0.key] == $0.value } })
            else { return nil }
            let text = wanted.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            return Violation(
                line: selector.line, "no pod has the labels \(text); write those of the Deployment's template")
        }
    }

    /// A port that nobody listens on.
    static let wrongTargetPort = Rule(
        "KU033", .error, "a port name that no container has",
        why: "A Service without that port has no endpoints; a probe of it fails and restarts the pod forever.",
        catches: [
            .deployment(
                "ports:\n  - name: http\n    containerPort: 8000\nreadinessProbe:\n  httpGet:\n    path: /\n    port: web"
            ),
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n    - port: 80\n      targetPort: htpp\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          ports:\n            - name: http\n              containerPort: 8000\n",
            ],
        ],
        passes: [
            .deployment(
                "ports:\n  - name: http\n    containerPort: 8000\nreadinessProbe:\n  httpGet:\n    path: /\n    port: http"
            )
        ]
    ) { file in
        var found: [Violation] = []
        for object in file.workloads {
            for container in object.containers {
                let names = Set((container["ports"]?.sequence ?? []).compactMap { $0["name"]?.text })
                for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
                    for action in ["httpGet", "tcpSocket"] {
                        guard let port = container.at(probe, action, "port"), let name = port.string, Int(name) == nil,
                            !names.contains(name)
                        else { continue }
                        found.append(
                            Violation(
                                line: port.line,
                                "\(object.name) has no port named \(name)" + KubernetesVersions.advice(name, names)))
                    }
                }
            }
        }
        let pods = file.neighbours.filter { $0.template != nil }
        for service in file.objects where service.kind == "Service" {
            let wanted = KubernetesObject.texts(service.node.at("spec", "selector"))
            let chosen = pods.filter { pod in !wanted.isEmpty && wanted.allSatisfy { pod.labels[$0.key] == $0.value } }
            guard !chosen.isEmpty else { continue }
            let ports = chosen.flatMap(\.containers).flatMap { $0["ports"]?.sequence ?? [] }
            let names = Set(ports.compactMap { $0["name"]?.text })
            let numbers = Set(ports.compactMap { $0["containerPort"]?.int })
            for port in service.node.at("spec", "ports")?.sequence ?? [] {
                guard let target = port["targetPort"] ?? port["port"] else { continue }
                if let name = target.string, Int(name) == nil, !names.contains(name) {
                    found.append(
                        Violation(
                            line: target.line,
                            "no container has a port named \(name)" + KubernetesVersions.advice(name, names)))
                } else if let number = target.int, !numbers.isEmpty, !numbers.contains(number) {
                    found.append(
                        Violation(
                            line: target.line,
                            "no container says that it listens on \(number); write: targetPort: \(numbers.sorted()[0])",
                            severity: .warning))
                }
            }
        }
        return found
    }

    /// What a pod mounts or reads must exist.
    static let danglingConfiguration = Rule(
        "KU034", .warning, "a pod needs a ConfigMap or a claim that no manifest has",
        why: "The pod waits in ContainerCreating or CreateContainerConfigError until somebody makes it by hand.",
        catches: [
            .deployment("envFrom:\n  - configMapRef:\n      name: settings"),
            .deployment("", pod: "volumes:\n  - name: data\n    persistentVolumeClaim:\n      claimName: data"),
        ],
        passes: [
            [
                "k8s/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  A: b\n",
                "k8s/b.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      envFrom:\n        - configMapRef:\n            name: settings\n",
            ],
            .deployment("envFrom:\n  - configMapRef:\n      name: settings\n      optional: true"),
        ]
    ) { file in
        guard !file.hasUnseen else { return [] }
        func names(_ kind: String) -> Set<String> { Set(file.neighbours.filter { $0.kind == kind }.map(\.name)) }
        let (maps, claims) = (names("ConfigMap"), names("PersistentVolumeClaim"))
        return file.workloads.flatMap { object -> [Violation] in
            var uses: [(kind: String, node: DataNode?, known: Set<String>)] = []
            for container in object.allContainers {
                for source in container["envFrom"]?.sequence ?? []
                where source.at("configMapRef", "optional")?.bool != true {
                    uses.append(("ConfigMap", source.at("configMapRef", "name"), maps))
                }
                for variable in container["env"]?.sequence ?? []
                where variable.at("valueFrom", "configMapKeyRef", "optional")?.bool != true {
                    uses.append(("ConfigMap", variable.at("valueFrom", "configMapKeyRef", "name"), maps))
                }
            }
            for volume in object.pod?["volumes"]?.sequence ?? [] {
                uses.append(("ConfigMap", volume.at("configMap", "name"), maps))
                uses.append(("PersistentVolumeClaim", volume.at("persistentVolumeClaim", "claimName"), claims))
            }
            return uses.compactMap { use in
                guard let node = use.node, let name = node.text, !use.known.contains(name), !name.contains("$"),
                    name != "kube-root-ca.crt"
                else { return nil }
                let near = NearestWord.of(name, among: use.known)
                return Violation(
                    line: node.line,
                    "no manifest makes the \(use.kind) \(name)" + (near.map { "; write: \($0)" } ?? "; add one"),
                    severity: near != nil ? .error : nil)
            }
        }
    }

    /// An Ingress without its Service answers 503.
    static let danglingIngress = Rule(
        "KU035", .error, "an Ingress leads to a Service that no manifest has", alias: ["dangling-ingress"],
        why: "Every request through this path is answered with 503.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n    - http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: wbe\n                port:\n                  number: 80\n",
                "k8s/b.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: 80\n",
            ]
        ],
        passes: [
            [
                "k8s/a.yaml":
                    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n    - http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: web\n                port:\n                  number: 80\n",
                "k8s/b.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: 80\n",
            ]
        ]
    ) { file in
        guard !file.hasUnseen else { return [] }
        let services = file.neighbours.filter { $0.kind == "Service" }
        guard !services.isEmpty else { return [] }
        return file.objects.filter { $0.kind == "Ingress" }.flatMap { ingress in
            (ingress.node.at("spec", "rules")?.sequence ?? []).flatMap { $0.at("http", "paths")?.sequence ?? [] }
                .compactMap { path -> Violation? in
                    guard let node = path.at("backend", "service", "name"), let name = node.text else { return nil }
                    guard let service = services.first(where: { $0.name == name }) else {
                        let near = NearestWord.of(name, among: services.map(\.name))
                        return Violation(
                            line: node.line,
                            "no manifest has the Service \(name)" + (near.map { "; write: \($0)" } ?? "; add one"))
                    }
                    let ports = service.node.at("spec", "ports")?.sequence ?? []
                    guard let port = path.at("backend", "service", "port"), !ports.isEmpty else { return nil }
                    let isThere = ports.contains { known in
                        port["number"]?.int.map { $0 == known["port"]?.int } ?? port["name"]?.text.map {
                            $0 == known["name"]?.text
                        } ?? true
                    }
                    guard !isThere else { return nil }
                    return Violation(
                        line: port.line,
                        "the Service \(name) has no such port; write: number: \(ports[0]["port"]?.text ?? "80")")
                }
        }
    }

    /// A key that the server drops or refuses.
    static let unknownContainerKey = Rule(
        "KU036", .error, "a container has a key that does not exist",
        why:
            "The API server refuses the object, or drops the key with a warning: the probe, the limit or the variable is "
            + "not there.",
        catches: [
            .deployment("envs:\n  - name: A\n    value: b"),
            .deployment("readynessProbe:\n  httpGet:\n    path: /\n    port: 80"),
        ],
        passes: [.deployment("env:\n  - name: A\n    value: b")]
    ) { file in
        file.workloads.flatMap { object in
            object.allContainers.flatMap { container in
                (container.mapping?.entries ?? []).filter {
                    !KubernetesVersions.containerKeys.contains($0.key) && $0.key != "<<"
                }.map { entry in
                    let near = NearestWord.of(entry.key, among: KubernetesVersions.containerKeys)
                    return Violation(
                        line: entry.line, column: entry.position.column,
                        "\(entry.key) is no key of a container" + (near.map { "; write: \($0)" } ?? "; delete it"),
                        fix: near.flatMap { file.fix("Write \($0)", line: entry.line, entry.key + ":", with: $0 + ":") }
                    )
                }
            }
        }
    }

    /// Two who set the same number.
    static let scaledTwice = Rule(
        "KU037", .warning, "replicas are set beside an autoscaler",
        why: "Each deployment sets the number back, and the autoscaler ends pods that were needed.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n        - name: web\n          image: web:1\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n"
            ]
        ],
        passes: [.deployment("", spec: "replicas: 2")]
    ) { file in
        let targets = Set(
            file.neighbours.filter { $0.kind == "HorizontalPodAutoscaler" }.compactMap {
                $0.node.at("spec", "scaleTargetRef", "name")?.text
            })
        return file.objects.filter { $0.kind == "Deployment" && targets.contains($0.name) }.compactMap { object in
            guard let replicas = object.node.at("spec", "replicas") else { return nil }
            return Violation(line: replicas.line, "an autoscaler sets the number of \(object.name); delete: replicas")
        }
    }
}

/// Facts of the API.
enum KubernetesVersions {
    /// kubernetes.io/docs/reference/using-api/deprecation-guide
    static let removed: [String: (release: String, next: String)] = [
        "extensions/v1beta1 Deployment": ("1.16", "apps/v1"), "apps/v1beta1 Deployment": ("1.16", "apps/v1"),
        "apps/v1beta2 Deployment": ("1.16", "apps/v1"), "extensions/v1beta1 DaemonSet": ("1.16", "apps/v1"),
        "apps/v1beta2 DaemonSet": ("1.16", "apps/v1"), "apps/v1beta1 StatefulSet": ("1.16", "apps/v1"),
        "apps/v1beta2 StatefulSet": ("1.16", "apps/v1"), "extensions/v1beta1 ReplicaSet": ("1.16", "apps/v1"),
        "extensions/v1beta1 NetworkPolicy": ("1.16", "networking.k8s.io/v1"),
        "extensions/v1beta1 Ingress": ("1.22", "networking.k8s.io/v1"),
        "networking.k8s.io/v1beta1 Ingress": ("1.22", "networking.k8s.io/v1"),
        "networking.k8s.io/v1beta1 IngressClass": ("1.22", "networking.k8s.io/v1"),
        "apiextensions.k8s.io/v1beta1 CustomResourceDefinition": ("1.22", "apiextensions.k8s.io/v1"),
        "rbac.authorization.k8s.io/v1beta1 Role": ("1.22", "rbac.authorization.k8s.io/v1"),
        "rbac.authorization.k8s.io/v1beta1 RoleBinding": ("1.22", "rbac.authorization.k8s.io/v1"),
        "rbac.authorization.k8s.io/v1beta1 ClusterRole": ("1.22", "rbac.authorization.k8s.io/v1"),
        "rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding": ("1.22", "rbac.authorization.k8s.io/v1"),
        "batch/v1beta1 CronJob": ("1.25", "batch/v1"), "policy/v1beta1 PodDisruptionBudget": ("1.25", "policy/v1"),
        "policy/v1beta1 PodSecurityPolicy": ("1.25", "none: use Pod Security Admission"),
        "autoscaling/v2beta1 HorizontalPodAutoscaler": ("1.25", "autoscaling/v2"),
        "autoscaling/v2beta2 HorizontalPodAutoscaler": ("1.26", "autoscaling/v2"),
    ]
    /// Container v1 core, kubernetes.io/docs/reference/generated/kubernetes-api.
    static let containerKeys: Set<String> = [
        "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports",
        "readinessProbe", "resizePolicy", "resources", "restartPolicy", "restartPolicyRules", "securityContext",
        "startupProbe", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty",
        "volumeDevices", "volumeMounts", "workingDir",
    ]

    static func advice(_ name: String, _ names: Set<String>) -> String {
        (NearestWord.of(name, among: names) ?? names.sorted().first).map { "; write: \($0)" }
            ?? "; name the container's port so"
    }
}

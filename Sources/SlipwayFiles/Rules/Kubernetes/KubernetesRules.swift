// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    private static func deployment(_ container: String, spec: String = "", replicas: String = "") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          selector:
            matchLabels:
              app: web
        \(replicas.isEmpty ? "" : "  replicas: \(replicas)\n")  template:
            metadata:
              labels:
                app: web
            spec:
        \(spec.isEmpty ? "" : "      \(spec)\n")      containers:
                - name: web
        \(container.split(separator: "\n").map { "          " + $0 }.joined(separator: "\n"))
        """ + "\n"
    }

    private static func containers(of file: CheckedFile<YAMLDocument>) -> [(object: KubernetesObject, node: DataNode)] {
        file.objects.flatMap { object in object.containers.map { (object, $0) } }
    }

    /// What runs tomorrow is not what was tested today.
    static let podTag = Rule(
        "KU001", .warning, "an image has no fixed tag",
        why: "Nodes keep different versions under one moving name, and going back brings the same new version.",
        catches: [RuleExample(deployment("image: owner/web:latest"))],
        passes: [RuleExample(deployment("image: owner/web:1.2.3"))]
    ) { file in
        containers(of: file).compactMap { entry in
            guard let image = entry.node["image"], let text = image.text, !text.contains("$"), ImageName(text).isMoving
            else { return nil }
            return Violation(
                line: image.line,
                "\(text) can be another version on each node; write: \(ImageName(text).repository):VERSION")
        }
    }

    /// One Pod takes the node down.
    static let podLimits = Rule(
        "KU002", .warning, "a container has no memory limit",
        why:
            "Without requests the scheduler fills a node blindly; without a limit one leaking Pod takes all others with it.",
        catches: [RuleExample(deployment("image: web:1"))],
        passes: [
            RuleExample(deployment("image: web:1\nresources:\n  requests: {memory: 128Mi}\n  limits: {memory: 256Mi}"))
        ]
    ) { file in
        containers(of: file).compactMap { entry in
            guard entry.object.isLongRunning, entry.node.at("resources", "limits", "memory") == nil else { return nil }
            return Violation(
                line: entry.node.line,
                "\(entry.node["name"]?.text ?? entry.object.name) may take all memory; add: resources: {requests: {memory: 128Mi}, limits: {memory: 256Mi}}"
            )
        }
    }

    /// Requests go to what does not answer.
    static let podProbes = Rule(
        "KU003", .warning, "a container with a port has no readiness probe",
        why:
            "Without it a Pod gets requests as soon as its process runs, and a rollout replaces good Pods by ones that "
            + "never answer.",
        catches: [RuleExample(deployment("image: web:1\nports: [{containerPort: 8000}]"))],
        passes: [
            RuleExample(
                deployment(
                    "image: web:1\nports: [{containerPort: 8000}]\nreadinessProbe: {httpGet: {path: /, port: 8000}}"))
        ]
    ) { file in
        containers(of: file).compactMap { entry in
            guard entry.object.isLongRunning, entry.node["ports"]?.sequence?.isEmpty == false,
                entry.node["readinessProbe"] == nil,
                KnownImage.of(entry.node["image"]?.text ?? "") == nil
            else { return nil }
            let port = entry.node["ports"]?[0]?["containerPort"]?.text ?? "8000"
            return Violation(
                line: entry.node.line, "add: readinessProbe: {httpGet: {path: /health, port: \(port)}}")
        }
    }

    /// Root after an escape.
    static let podRoot = Rule(
        "KU004", .warning, "a Pod may run as root",
        why: "After a container escape a root process is root on the node; Kubernetes can refuse such images.",
        catches: [
            RuleExample(deployment("image: web:1")),
            RuleExample(deployment("image: web:1\nsecurityContext: {runAsUser: 0}")),
        ],
        passes: [RuleExample(deployment("image: web:1", spec: "securityContext: {runAsNonRoot: true}"))]
    ) { file in
        file.objects.flatMap { object -> [Violation] in
            guard object.isLongRunning || object.kind == "Pod" else { return [] }
            let pod = object.podSpec?["securityContext"]
            return object.containers.compactMap { container in
                let own = container["securityContext"]
                let user = own?["runAsUser"]?.int ?? pod?["runAsUser"]?.int
                let isKept = (own?["runAsNonRoot"]?.bool ?? pod?["runAsNonRoot"]?.bool) == true || (user ?? 0) > 0
                guard !isKept, KnownImage.of(container["image"]?.text ?? "")?.isStore != true || user == 0 else {
                    return nil
                }
                return Violation(
                    line: container.line,
                    "\(object.name) may be root; add to the Pod: securityContext: {runAsNonRoot: true}")
            }
        }
    }

    /// The node is open.
    static let podHost = Rule(
        "KU005", .error, "a Pod has the node's rights",
        why:
            "Privileged containers, the node's namespaces and its folders undo the isolation: who breaks in owns the node.",
        catches: [
            RuleExample(deployment("image: web:1\nsecurityContext: {privileged: true}")),
            RuleExample(deployment("image: web:1", spec: "volumes: [{name: a, hostPath: {path: /}}]")),
        ],
        passes: [RuleExample(deployment("image: web:1", spec: "volumes: [{name: a, emptyDir: {}}]"))]
    ) { file in
        file.objects.filter { $0.kind != "DaemonSet" }.flatMap { object -> [Violation] in
            var found: [Violation] = []
            for container in object.containers {
                if let node = container.at("securityContext", "privileged"), node.bool == true {
                    found.append(Violation(line: node.line, "\(object.name) is privileged; delete the line"))
                }
            }
            for key in ["hostNetwork", "hostPID", "hostIPC"] {
                if let node = object.podSpec?[key], node.bool == true {
                    found.append(
                        Violation(
                            line: node.line, "\(object.name) shares the node's \(key.dropFirst(4)); delete the line"))
                }
            }
            for volume in object.podSpec?["volumes"]?.sequence ?? [] {
                if let path = volume["hostPath"] {
                    found.append(
                        Violation(
                            line: path.line,
                            "\(object.name) reads the node's disk; write: persistentVolumeClaim: {claimName: NAME}",
                            severity: path["path"]?.text?.contains("docker.sock") == true || path["path"]?.text == "/"
                                ? .error : .warning))
                }
            }
            return found
        }
    }

    /// The Service has no Pods.
    static let serviceSelector = Rule(
        "KU006", .error, "a Service selects no Pod",
        why: "Requests end with connection refused: no Pod has the labels that the Service looks for.",
        catches: [
            RuleExample(
                deployment("image: web:1")
                    + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: api\n  ports: [{port: 80}]\n"
            )
        ],
        passes: [
            RuleExample(
                deployment("image: web:1")
                    + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports: [{port: 80}]\n"
            )
        ]
    ) { file in
        guard !file.isOverlay else { return [] }
        let pods = file.folderObjects.filter { $0.podSpec != nil }.map(\.podLabels)
        guard !pods.isEmpty else { return [] }
        return file.objects.filter { $0.kind == "Service" }.compactMap { service in
            guard let selector = service.node.at("spec", "selector"), let entries = selector.mapping?.entries,
                !entries.isEmpty,
                !pods.contains(where: { labels in entries.allSatisfy { labels[$0.key] == $0.value.text } })
            else { return nil }
            let labels = pods[0].sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            return Violation(line: selector.line, "no Pod has these labels; write: selector: {\(labels)}")
        }
    }

    /// Kubernetes refuses the object.
    static let workloadSelector = Rule(
        "KU007", .error, "a selector does not match its own template",
        why: "Kubernetes refuses a workload whose selector does not match the labels of its Pods.",
        catches: [
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels: {app: a}\n  template:\n    metadata:\n      labels: {app: b}\n    spec:\n      containers: [{name: a, image: 'a:1'}]\n"
        ],
        passes: [RuleExample(deployment("image: web:1"))]
    ) { file in
        file.objects.filter(\.isLongRunning).compactMap { object in
            guard let labels = object.node.at("spec", "selector", "matchLabels"), let entries = labels.mapping?.entries,
                let wrong = entries.first(where: { object.podLabels[$0.key] != $0.value.text })
            else { return nil }
            return Violation(
                line: labels.line,
                "the Pods of \(object.name) have no label \(wrong.key): \(wrong.value.text ?? ""); add it to template.metadata.labels"
            )
        }
    }

    /// The Pod waits for ever.
    static let danglingReference = Rule(
        "KU008", .warning, "a Pod names a ConfigMap, claim or account that does not exist",
        why: "The Pod stays in CreateContainerConfigError or Pending until somebody makes the object.",
        catches: [RuleExample(deployment("image: web:1\nenvFrom: [{configMapRef: {name: settings}}]"))],
        passes: [
            RuleExample(
                deployment("image: web:1\nenvFrom: [{configMapRef: {name: settings}}]")
                    + "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata: {A: b}\n"),
            RuleExample(deployment("image: web:1\nenvFrom: [{configMapRef: {name: settings, optional: true}}]")),
        ]
    ) { file in
        guard !file.isOverlay, file.repository.isWhole else { return [] }
        let known = Set(file.repository.manifests.flatMap(\.objects).map { "\($0.kind)/\($0.name)" })
        return file.objects.flatMap { object -> [Violation] in
            var names: [(kind: String, node: DataNode?)] = []
            for container in object.containers {
                for source in container["envFrom"]?.sequence ?? []
                where source.at("configMapRef", "optional")?.bool != true {
                    names.append(("ConfigMap", source.at("configMapRef", "name")))
                }
                for variable in container["env"]?.sequence ?? []
                where variable.at("valueFrom", "configMapKeyRef", "optional")?.bool != true {
                    names.append(("ConfigMap", variable.at("valueFrom", "configMapKeyRef", "name")))
                }
            }
            for volume in object.podSpec?["volumes"]?.sequence ?? [] {
                names.append(("ConfigMap", volume.at("configMap", "name")))
                names.append(("PersistentVolumeClaim", volume.at("persistentVolumeClaim", "claimName")))
            }
            return names.compactMap { kind, node in
                guard let node, let name = node.text, !known.contains("\(kind)/\(name)"), !name.hasPrefix("kube-")
                else { return nil }
                return Violation(
                    line: node.line, "no manifest makes the \(kind) \(name); add it, or type: kubectl create")
            }
        }
    }

    /// Base64 hides nothing.
    static let committedSecretObject = Rule(
        "KU009", .error, "a Secret with its values is committed",
        why: "Base64 hides nothing: whoever can read the repository has the values.",
        catches: ["apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  PASSWORD: hunter2\n"],
        passes: [
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  PASSWORD: ''\n",
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: a\n",
        ]
    ) { file in
        let isExample = ["example", "sample", "template", "test"].contains { file.location.lowercased().contains($0) }
        return file.objects.filter { $0.kind == "Secret" }.compactMap { secret in
            for key in ["stringData", "data"] {
                for entry in secret.node[key]?.mapping?.entries ?? [] {
                    guard let value = entry.value.text, !value.isEmpty, !SecretText.isPlaceholder(value),
                        !value.contains("$"),
                        !(key == "stringData" && SecretText.isKnown(value) && isExample)
                    else { continue }
                    return Violation(
                        line: entry.line,
                        "\(entry.key) of \(secret.name) is readable; type: kubectl create secret generic \(secret.name), and delete the value",
                        severity: isExample ? .info : .error)
                }
            }
            return nil
        }
    }

    /// The cluster does not know it.
    static let removedAPI = Rule(
        "KU010", .error, "an API version that clusters have removed",
        why: "The cluster refuses the object: Kubernetes 1.16, 1.22, 1.25 or 1.26 removed this version.",
        catches: ["apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata:\n  name: a\n"],
        passes: ["apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n"]
    ) { file in
        let replaced = [
            "extensions/v1beta1": "networking.k8s.io/v1 (apps/v1 for workloads)", "apps/v1beta1": "apps/v1",
            "apps/v1beta2": "apps/v1",
            "networking.k8s.io/v1beta1": "networking.k8s.io/v1", "batch/v1beta1": "batch/v1",
            "policy/v1beta1": "policy/v1",
            "autoscaling/v2beta1": "autoscaling/v2", "autoscaling/v2beta2": "autoscaling/v2",
            "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
            "apiextensions.k8s.io/v1beta1": "apiextensions.k8s.io/v1",
        ]
        return file.objects.compactMap { object in
            guard let version = object.node["apiVersion"], let text = version.text, let now = replaced[text] else {
                return nil
            }
            return Violation(line: version.line, "\(text) is gone; write: \(now)")
        }
    }

    /// Nobody listens there.
    static let serviceTarget = Rule(
        "KU011", .error, "a Service sends requests to a port that its Pods do not name",
        why: "Requests are refused: no container of the selected Pods has the port.",
        catches: [
            RuleExample(
                deployment("image: web:1\nports: [{containerPort: 8000}]")
                    + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: 8080}]\n"
            )
        ],
        passes: [
            RuleExample(
                deployment("image: web:1\nports: [{containerPort: 8000, name: http}]")
                    + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: http}]\n"
            )
        ]
    ) { file in
        let workloads = file.folderObjects.filter { $0.podSpec != nil }
        return file.objects.filter { $0.kind == "Service" }.flatMap { service -> [Violation] in
            guard let selector = service.node.at("spec", "selector")?.mapping?.entries, !selector.isEmpty else {
                return []
            }
            let pods = workloads.filter { pod in selector.allSatisfy { pod.podLabels[$0.key] == $0.value.text } }
            let ports = pods.flatMap { $0.containers.flatMap { $0["ports"]?.sequence ?? [] } }
            guard !ports.isEmpty else { return [] }
            let known = Set(ports.flatMap { [$0["containerPort"]?.text, $0["name"]?.text].compactMap { $0 } })
            return (service.node.at("spec", "ports")?.sequence ?? []).compactMap { port in
                guard let target = port["targetPort"] ?? port["port"], let text = target.text, !known.contains(text)
                else { return nil }
                return Violation(
                    line: target.line, "the Pods have no port \(text); write: targetPort: \(known.sorted()[0])")
            }
        }
    }

    /// The second Pod never starts.
    static let sharedClaim = Rule(
        "KU012", .error, "several Pods share a volume for one",
        why:
            "A ReadWriteOnce volume is mounted on one node at a time: the second Pod stays in ContainerCreating, and a "
            + "rolling update never ends.",
        catches: [
            RuleExample(
                deployment(
                    "image: web:1", spec: "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]",
                    replicas: "3")
                    + "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n"
            )
        ],
        passes: [
            RuleExample(
                deployment(
                    "image: web:1", spec: "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]",
                    replicas: "1")
                    + "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n"
            )
        ]
    ) { file in
        let claims = file.folderObjects.filter { $0.kind == "PersistentVolumeClaim" }
        return file.objects.filter { $0.kind == "Deployment" }.compactMap { object in
            guard let replicas = object.node.at("spec", "replicas"), (replicas.int ?? 1) > 1 else { return nil }
            let names = (object.podSpec?["volumes"]?.sequence ?? []).compactMap {
                $0.at("persistentVolumeClaim", "claimName")?.text
            }
            guard
                let claim = claims.first(where: {
                    names.contains($0.name) && ($0.node.at("spec", "accessModes")?.texts ?? []) == ["ReadWriteOnce"]
                })
            else { return nil }
            return Violation(
                line: replicas.line, "\(claim.name) can be used by one Pod; write: replicas: 1, or a StatefulSet")
        }
    }

    /// The Ingress leads nowhere.
    static let ingressBackend = Rule(
        "KU013", .error, "an Ingress names a Service that does not exist",
        why: "Requests end with 503: the Ingress has no Service behind the path.",
        catches: [
            RuleExample(
                deployment("image: web:1")
                    + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n"
                    + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  rules:\n    - http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend: {service: {name: api, port: {number: 80}}}\n"
            )
        ],
        passes: [
            RuleExample(
                deployment("image: web:1")
                    + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n"
                    + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  rules:\n    - http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend: {service: {name: web, port: {number: 80}}}\n"
            )
        ]
    ) { file in
        guard !file.isOverlay else { return [] }
        let services = file.folderObjects.filter { $0.kind == "Service" }
        guard !services.isEmpty else { return [] }
        let names = Set(services.map(\.name))
        return file.objects.filter { $0.kind == "Ingress" }.flatMap { ingress in
            (ingress.node.at("spec", "rules")?.sequence ?? []).flatMap { $0.at("http", "paths")?.sequence ?? [] }
                .compactMap { path -> Violation? in
                    guard let node = path.at("backend", "service", "name"), let name = node.text, !names.contains(name)
                    else { return nil }
                    return Violation(
                        line: node.line,
                        "no Service is called \(name); write: \(NearestWord.of(name, among: names) ?? names.sorted()[0])"
                    )
                }
        }
    }

    /// Whoever reads the manifest knows it.
    static let literalSecret = Rule(
        "KU014", .error, "a secret stands in a container's environment",
        why: "Whoever can read the manifest, or describe the Pod, knows the value.",
        catches: [RuleExample(deployment("image: web:1\nenv: [{name: DB_PASSWORD, value: hunter2}]"))],
        passes: [
            RuleExample(
                deployment(
                    "image: web:1\nenv: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]"))
        ]
    ) { file in
        containers(of: file).flatMap { entry in
            (entry.node["env"]?.sequence ?? []).compactMap { variable -> Violation? in
                guard let name = variable["name"]?.text, let value = variable["value"]?.text, !value.isEmpty,
                    !value.contains("$("),
                    SecretText.isSecret(name: name) || SecretText.password(inAddress: value) != nil,
                    !SecretText.isPlaceholder(value)
                else { return nil }
                return Violation(
                    line: variable.line,
                    "\(name) is readable; write: valueFrom: {secretKeyRef: {name: NAME, key: \(name)}}")
            }
        }
    }
}

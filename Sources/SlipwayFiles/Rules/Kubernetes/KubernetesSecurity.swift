// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ManifestFile>> {
    /// After an escape, root in the container is root on the node.
    static let podRunsAsRoot = Rule(
        "KU020", .warning, "a pod may run as root", alias: ["run-as-non-root"],
        why: "After a container escape, a process that ran as root is root on the node.",
        catches: [.deployment(""), .deployment("securityContext:\n  runAsUser: 0")],
        passes: [
            .deployment("", pod: "securityContext:\n  runAsNonRoot: true"),
            .deployment("securityContext:\n  runAsUser: 1000"),
            .deployment("", image: "postgres:17"),
        ]
    ) { file in
        file.workloads.flatMap { object in
            object.containers.compactMap { container in
                func value(_ key: String) -> DataNode? {
                    container.at("securityContext", key) ?? object.pod?.at("securityContext", key)
                }
                let user = value("runAsUser")?.int
                // Images of databases change to their own user by themselves.
                let isStore = KnownImage.of(container["image"]?.text ?? "")?.isStore == true && user == nil
                guard value("runAsNonRoot")?.bool != true, user == nil || user == 0, !isStore else { return nil }
                return Violation(
                    line: container.line,
                    "\(object.name) may run as root; add: securityContext: {runAsNonRoot: true, runAsUser: 1000}",
                    severity: user == 0 ? .warning : .info)
            }
        }
    }

    /// A container that is the node.
    static let privilegedPod = Rule(
        "KU021", .error, "a container has the node's rights", alias: ["privileged-container"],
        why: "A privileged container is root on the node: whoever breaks the application owns the machine.",
        catches: [
            .deployment("securityContext:\n  privileged: true"),
            .deployment("", pod: "volumes:\n  - name: docker\n    hostPath:\n      path: /var/run/docker.sock"),
        ],
        passes: [.deployment("securityContext:\n  privileged: false")]
    ) { file in
        file.workloads.filter { $0.kind != "DaemonSet" && $0.namespace != "kube-system" }.flatMap {
            object -> [Violation] in
            let privileged = object.allContainers.compactMap { container -> Violation? in
                guard let flag = container.at("securityContext", "privileged"), flag.bool == true else { return nil }
                return Violation(line: flag.line, "\(object.name) is root on the node; delete: privileged: true")
            }
            let sockets = (object.pod?["volumes"]?.sequence ?? []).compactMap { volume -> Violation? in
                guard let path = volume.at("hostPath", "path"), let text = path.text,
                    ["/", "/etc", "/root", "/var/run/docker.sock", "/run/docker.sock", "/var/run", "/proc", "/sys"]
                        .contains(text)
                else { return nil }
                return Violation(
                    line: path.line, "\(object.name) can take over the node through \(text); delete the volume")
            }
            return privileged + sockets
        }
    }

    /// The node's network and processes.
    static let hostNamespace = Rule(
        "KU022", .warning, "a pod shares the node's network or processes",
        alias: ["host-network", "host-pid", "host-ipc"],
        why: "The pod sees the node's traffic or processes, and two of them cannot share a port.",
        catches: [.deployment("", pod: "hostNetwork: true")],
        passes: [.deployment("")]
    ) { file in
        file.workloads.filter { $0.kind != "DaemonSet" }.flatMap { object in
            ["hostNetwork", "hostPID", "hostIPC"].compactMap { key -> Violation? in
                guard let flag = object.pod?[key], flag.bool == true else { return nil }
                return Violation(line: flag.line, "\(object.name) shares the node's; delete: \(key): true")
            }
        }
    }

    /// Rights that applications do not need.
    static let addedCapability = Rule(
        "KU023", .warning, "a container gets a dangerous right", alias: ["drop-net-raw-capability"],
        why: "With such a capability an application that is broken into can take over the node or read its traffic.",
        catches: [.deployment("securityContext:\n  capabilities:\n    add: [SYS_ADMIN]")],
        passes: [.deployment("securityContext:\n  capabilities:\n    drop: [ALL]\n    add: [NET_BIND_SERVICE]")]
    ) { file in
        let dangerous: Set<String> = [
            "SYS_ADMIN", "ALL", "NET_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH", "NET_RAW", "BPF",
        ]
        return file.workloads.flatMap { object in
            object.allContainers.flatMap { container in
                (container.at("securityContext", "capabilities", "add")?.sequence ?? []).compactMap {
                    node -> Violation? in
                    guard let name = node.text, dangerous.contains(name) else { return nil }
                    return Violation(line: node.line, "\(object.name) gets \(name); delete it")
                }
            }
        }
    }

    /// Whatever is called latest today.
    static let movingPodImage = Rule(
        "KU024", .warning, "an image without a version", alias: ["latest-tag"],
        why: "Pods that start on different days run different code, and a rollback brings nothing back.",
        catches: [.deployment("", image: "web:latest"), .deployment("", image: "ghcr.io/a/web")],
        passes: [.deployment("", image: "web:1.4.2"), .deployment("", image: "web@sha256:aa")]
    ) { file in
        let isSet = !file.repository.tree.files(named: "kustomization.yaml").isEmpty
        return file.workloads.flatMap { object in
            object.allContainers.compactMap { container in
                guard let image = container["image"], let text = image.text, ImageName(text).isMoving,
                    !text.contains("$"),
                    !(isSet && ImageName(text).tag == nil)
                else { return nil }
                return Violation(line: image.line, "\(text) moves; write a version: \(ImageName(text).name):1.0.0")
            }
        }
    }

    /// A secret for everybody who can read manifests.
    static let plainSecret = Rule(
        "KU025", .warning, "a secret stands in the manifest", alias: ["env-var-secret"],
        why: "Everybody who can read the repository or the object has the secret.",
        catches: [
            .deployment("env:\n  - name: DB_PASSWORD\n    value: hunter22"),
            .deployment("env:\n  - name: DATABASE_URL\n    value: mysql://app:hunter22@db:3306/app"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  SECRET_KEY: a8f3k2m9x7q1\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  API_TOKEN: a8f3k2m9x7q1\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ndata:\n  DB_PASSWORD: YThmM2syTTl4N3Ex\n",
            .deployment(
                "env:\n  - name: ConnectionStrings__Default\n    value: Server=db;User Id=sa;Password=a8f3k2M9x7;"),
        ],
        passes: [
            .deployment(
                "env:\n  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        name: db\n        key: password"
            ),
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  API_TOKEN: \"<token>\"\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ndata:\n  DB_PASSWORD: PHBhc3N3b3JkPg==\n",
        ]
    ) { file in
        func isWritten(_ name: String, _ value: String?) -> Bool {
            guard let value, !value.isEmpty, !value.contains("$"), !value.contains("{{") else { return false }
            let secret =
                SecretText.isSecret(name: name)
                ? value : SecretText.password(inAddress: value) ?? WrittenSecret.password(inConnection: value)
            return secret.map { !SecretText.isPlaceholder($0) } ?? false
        }
        return file.objects.flatMap { object -> [Violation] in
            var found = object.allContainers.flatMap { $0["env"]?.sequence ?? [] }.compactMap {
                variable -> Violation? in
                guard let name = variable["name"]?.text, isWritten(name, variable["value"]?.text) else { return nil }
                return Violation(
                    line: variable.line,
                    "\(name) stands in the manifest; write: valueFrom: {secretKeyRef: {name: \(object.name), key: \(name)}}"
                )
            }
            if object.kind == "ConfigMap" || object.kind == "Secret" {
                let isCoded = object.kind == "Secret"
                let coded = (object.node["data"]?.mapping?.entries ?? []).filter { entry in
                    isWritten(entry.key, isCoded ? entry.value.text.flatMap(Base64Text.decoded) : entry.value.text)
                }
                let plain = (object.node["stringData"]?.mapping?.entries ?? []).filter {
                    isWritten($0.key, $0.value.text)
                }
                found += (coded + plain).map { entry in
                    Violation(
                        line: entry.line,
                        "\(entry.key) stands in the repository; make it with: kubectl create secret generic \(object.name) --from-literal=\(entry.key)=..."
                    )
                }
            }
            return found
        }
    }

    /// A Secret's data is base64.
    static let plainSecretData = Rule(
        "KU026", .error, "a Secret's data is not base64",
        why: "The API server refuses the object.",
        catches: ["apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ndata:\n  password: not base64!\n"],
        passes: [
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ndata:\n  password: aHVudGVyMg==\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  password: <password>\n",
        ]
    ) { file in
        file.objects.filter { $0.kind == "Secret" }.flatMap { object in
            (object.node["data"]?.mapping?.entries ?? []).compactMap { entry in
                guard let text = entry.value.text, !text.contains("$") else { return nil }
                let bytes = text.utf8.filter { !$0.isSpace }
                let isBase64 =
                    bytes.count % 4 == 0
                    && bytes.allSatisfy { $0.isLetter || $0.isDigit || "+/=".utf8.contains($0) }
                guard !isBase64, !text.hasPrefix("<") else { return nil }
                return Violation(line: entry.line, "\(entry.key) is not base64; write it under stringData")
            }
        }
    }
}

/// base64 hides nothing.
private enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// `nil` for what is no text.
    static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") && !byte.isSpace {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xFF))
                bits &= (1 << count) - 1
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

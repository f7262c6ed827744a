// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Plain manifests in `deploy/kubernetes/base`, and what differs in staging and production.
struct Kustomization {
    static let registry = "registry.example.com"
    private static let folder = "deploy/kubernetes"

    let layout: Layout

    var objects: KubernetesObjects {
        let name = layout.name
        return KubernetesObjects(
            layout: layout,
            values: .init(
                image: { .string("\(Self.registry)/\($0.name):0.0.0") }, scale: { _ in (2, 6) },
                host: .string("\(name).example.com"), secret: .string("\(name)-secrets"), storage: { _ in "10Gi" },
                isChart: false))
    }

    var files: [GeneratedFile] {
        let parts = objects.files
        var files = parts.map { part in
            GeneratedFile(
                path: "\(Self.folder)/base/\(part.name).yaml", contents: YAMLText.print(documents: part.objects))
        }
        let base: FileMap = [
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
            "resources": .texts(parts.map { "\($0.name).yaml" }.sorted()),
        ]
        files.append(file("base/kustomization.yaml", base, nil))
        for environment in ["staging", "production"] { files += overlay(environment) }
        return files
    }

    private func file(_ path: String, _ map: FileMap, _ comment: String?) -> GeneratedFile {
        GeneratedFile(path: "\(Self.folder)/\(path)", contents: YAMLText.print(map, comment: comment))
    }

    private func overlay(_ environment: String) -> [GeneratedFile] {
        let namespace = "\(layout.name)-\(environment)"
        let isStaging = environment == "staging"
        var patches: [FileValue] = []
        if layout.front != nil {
            let host = isStaging ? "staging.\(layout.name).example.com" : "\(layout.name).example.com"
            patches.append([
                "target": ["kind": "Ingress", "name": .string(layout.name)],
                "patch": .string(
                    "- op: replace\n  path: /spec/rules/0/host\n  value: \(host)\n"
                        + "- op: replace\n  path: /spec/tls/0/hosts/0\n  value: \(host)\n"),
            ])
        }
        if isStaging, layout.app.services.contains(where: objects.isScalable) {
            patches.append([
                "target": ["kind": "HorizontalPodAutoscaler"],
                "patch":
                    "- op: replace\n  path: /spec/minReplicas\n  value: 1\n- op: replace\n  path: /spec/maxReplicas\n  value: 2\n",
            ])
        }
        var map: FileMap = [
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "namespace": .string(namespace),
            "resources": .texts(["namespace.yaml", "../../base"]),
            "images": .list(
                layout.images.map {
                    [
                        "name": .string("\(Self.registry)/\($0.name)"),
                        "newName": .string("\(Self.registry)/\($0.name)"),
                        "newTag": "1.0.0",
                    ]
                }),
        ]
        if !patches.isEmpty { map.set("patches", .list(patches)) }
        var lines = ["\(layout.name) in \(environment). Say registry, tag and host here, then:"]
        if !objects.secretKeys.isEmpty {
            lines += ClusterSecret(objects: objects, environment: environment).lines
            lines.append("The secret holds: \(objects.secretKeys.joined(separator: ", ")).")
        }
        if layout.images.contains(where: { $0.services.contains { $0.release != nil } }) {
            lines.append(
                "kubectl delete job --namespace \(namespace) --selector app.kubernetes.io/name=\(layout.name)  # of the last release"
            )
        }
        lines.append("kubectl apply --kustomize \(Self.folder)/overlays/\(environment)")
        let space: FileMap = [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": [
                "name": .string(namespace),
                "labels": [
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/enforce-version": "latest",
                ],
            ],
        ]
        return [
            file("overlays/\(environment)/kustomization.yaml", map, lines.joined(separator: "\n")),
            file("overlays/\(environment)/namespace.yaml", space, nil),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One object of a manifest.
struct KubernetesObject {
    let node: DataNode

    var kind: String { node["kind"]?.text ?? "" }
    var apiVersion: String { node["apiVersion"]?.text ?? "" }
    var name: String { node.at("metadata", "name")?.text ?? "" }
    var namespace: String? { node.at("metadata", "namespace")?.text }
    var line: Int { node.at("metadata", "name")?.line ?? node.line }

    /// The pods that it makes.
    var template: DataNode? {
        switch kind {
        case "Pod": node
        case "CronJob": node.at("spec", "jobTemplate", "spec", "template")
        case "Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "ReplicationController":
            node.at("spec", "template")
        default: nil
        }
    }
    var pod: DataNode? { template?["spec"] }
    /// Containers that run; a patch of Kustomize names a container without an image.
    var containers: [DataNode] { (pod?["containers"]?.sequence ?? []).filter { $0["image"] != nil } }
    var allContainers: [DataNode] {
        containers + (pod?["initContainers"]?.sequence ?? []).filter { $0["image"] != nil }
    }
    var labels: [String: String] { Self.texts(template?.at("metadata", "labels")) }
    var replicas: Int { node.at("spec", "replicas")?.int ?? 1 }
    /// Whether it answers requests for as long as it runs.
    var isServing: Bool { ["Deployment", "StatefulSet", "DaemonSet"].contains(kind) }
    /// Claims that its pods mount.
    var claims: [DataNode] {
        (pod?["volumes"]?.sequence ?? []).compactMap { $0.at("persistentVolumeClaim", "claimName") }
    }

    static func texts(_ node: DataNode?) -> [String: String] {
        Dictionary((node?.mapping?.entries ?? []).compactMap { entry in entry.value.text.map { (entry.key, $0) } }) {
            $1
        }
    }
}

extension CheckedFile<ManifestFile> {
    var objects: [KubernetesObject] { document.objects.map(KubernetesObject.init) }
    var workloads: [KubernetesObject] { objects.filter { !$0.containers.isEmpty } }
    /// Objects of every manifest of the repository.
    var neighbours: [KubernetesObject] { repository.manifests.flatMap(\.objects) }
    /// Whether templates can make what is not seen.
    var hasUnseen: Bool {
        !repository.isWhole || repository.manifests.contains { $0.document.isTemplate }
            || !repository.tree.files(named: "kustomization.yaml").isEmpty
            || !repository.tree.files(named: "kustomization.yml").isEmpty
    }
}

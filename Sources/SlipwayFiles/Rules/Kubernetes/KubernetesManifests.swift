// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One object of a manifest.
struct KubernetesObject: Sendable {
    let kind: String
    let name: String
    let node: DataNode
    /// Relative to the tree's root.
    let file: String

    /// The Pod's spec, wherever the kind keeps it.
    var podSpec: DataNode? {
        switch kind {
        case "Pod": node["spec"]
        case "CronJob": node.at("spec", "jobTemplate", "spec", "template", "spec")
        default: node.at("spec", "template", "spec")
        }
    }
    var containers: [DataNode] { podSpec?["containers"]?.sequence ?? [] }
    /// Whether it runs until somebody ends it.
    var isLongRunning: Bool { ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].contains(kind) }
    /// Labels of its Pods.
    var podLabels: [String: String] {
        let labels =
            (kind == "Pod" ? node.at("metadata", "labels") : node.at("spec", "template", "metadata", "labels"))?.mapping
        return Dictionary((labels?.entries ?? []).map { ($0.key, $0.value.text ?? "") }) { $1 }
    }
}

extension CheckedRepository {
    /// YAML files that hold Kubernetes objects; Helm's templates are no YAML before they are rendered.
    var manifests: [CheckedFile<YAMLDocument>] {
        paths(of: .yaml).compactMap { path in
            guard let bytes = tree.bytes(path), RouteSearch.contains(bytes, Self.apiVersion),
                RouteSearch.contains(bytes, Self.kind), !RouteSearch.contains(bytes, Self.braces)
            else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            let file = CheckedFile(location: path, text: text, document: YAMLDocument(parsing: text), repository: self)
            return file.objects.isEmpty ? nil : file
        }
    }

    private static let apiVersion = Array("apiVersion:".utf8)
    private static let kind = Array("kind:".utf8)
    private static let braces = Array("{{".utf8)
}

extension CheckedFile<YAMLDocument> {
    /// The Kubernetes objects of the file, lists taken apart.
    var objects: [KubernetesObject] {
        document.roots.flatMap { root in root["kind"]?.text == "List" ? root["items"]?.sequence ?? [] : [root] }
            .compactMap { node in
                guard node["apiVersion"] != nil, let kind = node["kind"]?.text,
                    let name = node.at("metadata", "name")?.text
                else { return nil }
                return KubernetesObject(kind: kind, name: name, node: node, file: location)
            }
    }

    /// Objects of all manifests of the folder, which are applied together.
    var folderObjects: [KubernetesObject] {
        repository.manifests.filter { $0.folder == folder }.flatMap(\.objects)
    }

    /// Whether an overlay or another tool brings more than stands here.
    var isOverlay: Bool {
        repository.tree.files(under: folder).contains { $0.directory == folder && $0.name.hasPrefix("kustomization") }
    }
}

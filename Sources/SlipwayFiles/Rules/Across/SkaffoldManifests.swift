// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Skaffold stops before it builds.
    static let missingManifest = Rule(
        "AP197", .error, "skaffold.yaml names a file that does not exist",
        why: "Skaffold stops: what it should build or apply is not there.",
        catches: [
            [
                "skaffold.yaml":
                    "apiVersion: skaffold/v4beta13\nkind: Config\nmanifests:\n  rawYaml:\n    - k8s/app.yaml\n    - k8s/hpa.yaml\n",
                "k8s/app.yaml": "kind: Service\n",
            ]
        ],
        passes: [
            [
                "skaffold.yaml":
                    "apiVersion: skaffold/v4beta13\nkind: Config\nmanifests:\n  rawYaml:\n    - k8s/*.yaml\n",
                "k8s/app.yaml": "kind: Service\n",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let files = repository.tree.files(named: "skaffold.yaml") + repository.tree.files(named: "skaffold.yml")
        return files.flatMap { entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), let root = YAMLDocument(parsing: text).root else {
                return []
            }
            let lists =
                (root.at("manifests", "rawYaml")?.sequence ?? [])
                + (root.at("deploy", "kubectl", "manifests")?.sequence ?? [])
            return lists.compactMap { node in
                guard let path = node.text, !path.contains("*"), !path.contains("{"), !path.contains("://") else {
                    return nil
                }
                let place = GoPath.clean(entry.directory + "/" + path)
                guard !place.hasPrefix(".."), !repository.tree.contains(place), !repository.tree.hasDirectory(place)
                else {
                    return nil
                }
                return Violation(
                    file: entry.path, line: node.line, "\(path) does not exist; add it, or delete the line")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// docker.io/bitnami keeps the tag latest alone.
    static let removedImage = Rule(
        "AP411", .error, "an image is no longer where it is asked for",
        why:
            "Bitnami took its version tags away from Docker Hub in 2025 (github.com/bitnami/containers/issues/83267): a new "
            + "machine cannot pull the image, and what is built on it cannot be built.",
        catches: [
            ["Dockerfile": "FROM docker.io/bitnami/python:3.12\nCMD [\"python\"]\n"],
            ["compose.yml": "services:\n  db:\n    image: bitnami/postgresql:16.2.0\n"],
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: bitnami/kubectl:1.29\n"
            ],
        ],
        passes: [
            ["Dockerfile": "FROM docker.io/bitnamilegacy/python:3.12\nCMD [\"python\"]\n"],
            ["compose.yml": "services:\n  db:\n    image: bitnami/postgresql:latest\n"],
            ["compose.yml": "services:\n  db:\n    image: registry.example/bitnami/postgresql:16\n"],
        ]
    ) { repository in
        var found: [Violation] = []
        for file in repository.dockerfiles {
            for stage in file.stages where stage.parent == nil {
                let base = file.reading.file.globalScope().expand(stage.base, escape: file.reading.file.escape).text
                found += violation(base, file.location, stage.from.line).map { [$0] } ?? []
            }
        }
        for file in repository.composeFiles {
            found += file.services.compactMap { service in
                service.build == nil ? service.image.flatMap { violation($0.text, file.location, $0.line) } : nil
            }
        }
        for file in repository.manifests {
            for container in file.workloads.flatMap(\.allContainers) {
                guard let image = container["image"], let text = image.text else { continue }
                found += violation(text, file.location, image.line).map { [$0] } ?? []
            }
        }
        return found
    }

    private static func violation(_ image: String, _ file: String, _ line: Int) -> Violation? {
        let name = ImageName(image)
        guard name.registry.isEmpty || name.registry == "docker.io", name.repository.hasPrefix("bitnami/"),
            name.digest == nil, let tag = name.tag, tag != "latest", name.name != "minideb", !tag.contains("$"),
            !tag.contains("{")
        else { return nil }
        return Violation(
            file: file, line: line,
            "Docker Hub has no \(name.repository):\(tag) any more; write the official image, or for a while "
                + "docker.io/bitnamilegacy/\(name.name):\(tag), which nobody mends")
    }
}

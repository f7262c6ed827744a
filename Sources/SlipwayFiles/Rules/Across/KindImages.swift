// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A cluster in containers has a store of images of its own.
    static let kindWithoutImage = Rule(
        "AP212", .error, "kind's nodes do not get the image that is built",
        why:
            "kind's nodes are containers with their own store: an image that docker build made on the machine is not there, "
            + "no registry has it, and the pods stay in ErrImagePull.",
        catches: [
            [
                "Dockerfile": "FROM debian:12\n",
                "README.md":
                    "```\nkind create cluster\ndocker build -t shop-web:latest .\nkubectl apply -f k8s\n```\n",
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: shop-web:latest\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM debian:12\n",
                "README.md":
                    "```\nkind create cluster\ndocker build -t shop-web:latest .\nkind load docker-image shop-web:latest\n```\n",
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: shop-web:latest\n",
            ],
            [
                "Dockerfile": "FROM debian:12\n",
                "README.md": "kind create cluster\ndocker build -t registry.example/shop-web:1 .\n",
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: registry.example/shop-web:1\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.manifests.isEmpty, !repository.dockerfiles.isEmpty else { return [] }
        let places = repository.tree.entries.filter { entry in
            [".md", ".sh", ".yml", ".yaml", "Makefile", "justfile", "Tiltfile"].contains(where: entry.name.hasSuffix)
        }
        func mentions(_ words: String) -> Bool {
            places.contains { repository.tree.bytes($0.path).map { ByteSearch.contains(words.utf8, in: $0) } == true }
        }
        guard mentions("kind create cluster"), !mentions("kind load"), !mentions("kind-registry"), !mentions("ctlptl"),
            !mentions("docker push"), !mentions("minikube image load"), !mentions("skaffold"), !mentions("Tilt")
        else { return [] }
        for entry in places {
            guard let text = repository.tree.text(entry.path), text.utf8.count < 200_000 else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let words = line.split { " `".contains($0) }.map(String.init)
                guard words.starts(with: ["docker", "build"]), let flag = words.firstIndex(of: "-t"),
                    words.indices.contains(flag + 1), !words[flag + 1].contains("/")
                else { continue }
                return [
                    Violation(
                        file: entry.path, line: index + 1,
                        "kind's nodes do not see it; add after it: kind load docker-image \(words[flag + 1])")
                ]
            }
        }
        return []
    }
}

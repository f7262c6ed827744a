// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ManifestFile>> {
    /// It scales nothing and says so in its events alone.
    static let danglingAutoscaler = Rule(
        "KU039", .error, "an autoscaler names what no manifest has", alias: ["dangling-horizontalpodautoscaler"],
        why:
            "The autoscaler looks in its own namespace for its target and finds nothing: the number of pods never changes.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web-app\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            ],
            [
                "k8s/a.yaml":
                    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            ],
        ],
        passes: [
            [
                "k8s/a.yaml":
                    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            ],
            [
                "k8s/a.yaml":
                    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n"
            ],
            [
                "k8s/a.yaml":
                    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n",
                "k8s/b.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: default\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n",
            ],
        ]
    ) { file in
        guard !file.hasUnseen else { return [] }
        return file.objects.filter { $0.kind == "HorizontalPodAutoscaler" }.compactMap { scaler in
            guard let target = scaler.node.at("spec", "scaleTargetRef"), let kind = target["kind"]?.text,
                ["Deployment", "StatefulSet", "ReplicaSet"].contains(kind),
                let place = target["name"], let name = place.text, !name.contains("$")
            else { return nil }
            let all = file.neighbours.filter { $0.kind == kind }
            guard !all.isEmpty else { return nil }
            guard let same = all.first(where: { $0.name == name }) else {
                let near =
                    BuiltNames.nearest(to: name, among: Set(all.map(\.name))) ?? (all.count == 1 ? all[0].name : nil)
                return Violation(
                    line: place.line,
                    "no manifest has the \(kind) \(name)" + (near.map { "; write: \($0)" } ?? "; write its name"))
            }
            guard all.count(where: { $0.name == name }) == 1,
                (same.namespace ?? "default") != (scaler.namespace ?? "default")
            else {
                return nil
            }
            return Violation(
                line: scaler.line,
                "the \(kind) \(name) is in \(same.namespace.map { "namespace \($0)" } ?? "no namespace"); write the same one here"
                    + (same.namespace.map { ": namespace: \($0)" } ?? ""))
        }
    }

    /// No registry has it, and no node either.
    static let imageOfAnotherName = Rule(
        "KU046", .error, "a pod's image is built under another name",
        why:
            "The name has no registry, so the image must be on the node already; what the documents and scripts build is "
            + "called otherwise, and the pod stays in ErrImagePull.",
        catches: [
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web-shop:latest\n",
                "Dockerfile": "FROM debian:12\n", "README.md": "```\ndocker build -t shop-web:latest .\n```\n",
            ],
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: shop-web:latest\n",
                "Dockerfile": "FROM debian:12\n",
                "compose.yml": "services:\n  web:\n    build: .\n    image: shop_web:latest\n",
            ],
        ],
        passes: [
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: shop-web:latest\n",
                "Dockerfile": "FROM debian:12\n", "README.md": "docker build -t shop-web:latest .\n",
            ],
            [
                "k8s/a.yaml":
                    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: traefik:v3\n",
                "Dockerfile": "FROM debian:12\n", "README.md": "docker build -t shop-web:latest .\n",
            ],
        ]
    ) { file in
        guard !file.hasUnseen, !file.repository.dockerfiles.isEmpty else { return [] }
        let built = BuiltNames.all(in: file.repository.tree)
        let composed = BuiltNames.composed(in: file.repository)
        guard !built.isEmpty || !composed.isEmpty else { return [] }
        return file.workloads.flatMap { object in
            object.containers.compactMap { container -> Violation? in
                guard let place = container["image"], let image = place.text, !image.contains("$"),
                    !image.contains("{"),
                    !image.contains("/"), KnownImage.of(image) == nil
                else { return nil }
                let name = String(image.prefix { $0 != ":" && $0 != "@" })
                guard !built.contains(name), !composed.contains(name),
                    let near = BuiltNames.nearest(to: name, among: built) ?? BuiltNames.respelt(name, among: composed)
                else { return nil }
                return Violation(
                    line: place.line, "\(name) is built by nothing here, \(near) is; write: image: \(near)")
            }
        }
    }
}

/// Names that documents, scripts and workflows give to the images that they build.
enum BuiltNames {
    /// The same words in another order, or a word more or less.
    static func nearest(to name: String, among names: Set<String>) -> String? {
        let words = Set(name.split { "-_.".contains($0) })
        let scored = names.sorted().map { other -> (name: String, shared: Double) in
            let theirs = Set(other.split { "-_./".contains($0) })
            return (other, Double(words.intersection(theirs).count) / Double(words.union(theirs).count))
        }
        let best = scored.max { $0.shared < $1.shared }
        if let best, best.shared >= 1.0 / 3, words.count > 1 { return best.name }
        return NearestWord.of(name, among: names)
    }

    /// Names without a registry that Compose files give to the application's own images.
    static func composed(in repository: CheckedRepository) -> Set<String> {
        let images = repository.composeFiles.flatMap { file in
            file.services.compactMap { service -> String? in
                guard let image = service.image?.text, !image.contains("/"), !image.contains("$"),
                    KnownImage.of(image) == nil
                else { return nil }
                return ImageName(image).repository
            }
        }
        return Set(images)
    }

    /// The same words with other signs between them.
    static func respelt(_ name: String, among names: Set<String>) -> String? {
        func words(_ text: String) -> [Substring] { text.split { "-_.".contains($0) } }
        return words(name).count > 1 ? names.sorted().first { words($0) == words(name) } : nil
    }

    static func all(in tree: SourceTree) -> Set<String> {
        var names: Set<String> = []
        for entry in tree.entries {
            let isPlace =
                [".md", ".sh", ".yml", ".yaml", ".txt", ".ps1", ".bat", "Makefile", "justfile", "Jenkinsfile"].contains(
                    where: entry.name.hasSuffix)
            guard isPlace, let bytes = tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("build".utf8, in: bytes), let text = tree.text(entry.path)
            else { continue }
            for line in text.split(separator: "\n") where line.contains("build") || line.contains(" tag ") {
                let words = line.split { " \t`\"'".contains($0) }.map(String.init)
                for (index, word) in words.enumerated() {
                    if ["-t", "--tag"].contains(word), words.indices.contains(index + 1) {
                        names.insert(String(words[index + 1].prefix { $0 != ":" && $0 != "@" }))
                    } else if word.hasPrefix("--tag=") {
                        names.insert(String(word.dropFirst(6).prefix { $0 != ":" }))
                    }
                }
            }
        }
        return names
    }
}

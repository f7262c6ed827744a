// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

extension FileTarget {
    /// What must be there for this target besides its own files: nearly everything runs images.
    private var requirements: Set<FileTarget> {
        switch self {
        case .common, .docker, .heroku, .observability: [.common]
        case .vps, .fly, .railway, .render, .swarm, .kubernetes, .github, .gitlab: [.common, .docker]
        }
    }

    /// The targets with everything that they need.
    package static func closure(of targets: some Sequence<FileTarget>) -> Set<FileTarget> {
        targets.reduce(into: []) { $0.formUnion($1.requirements.union([$1])) }
    }

    /// What a repository needs when nobody says: images and Compose, and the platforms for which it has files already.
    package static func needed(by tree: SourceTree) -> Set<FileTarget> {
        let files: [(FileTarget, [String])] = [
            (.fly, ["fly.toml"]), (.render, ["render.yaml", "render.yml"]),
            (.railway, ["railway.json", "railway.toml"]), (.heroku, ["Procfile", "app.json"]),
            (.kubernetes, ["Chart.yaml", "kustomization.yaml", "kustomization.yml"]),
            (.swarm, ["docker-stack.yml", "docker-stack.yaml", "stack.yml"]),
            (.gitlab, [".gitlab-ci.yml"]), (.observability, ["prometheus.yml", "prometheus.yaml"]),
        ]
        var found: Set<FileTarget> = [.docker]
        for (target, names) in files where names.contains(where: { !tree.files(named: $0).isEmpty }) {
            found.insert(target)
        }
        if tree.hasDirectory(".github/workflows") { found.insert(.github) }
        return closure(of: found)
    }
}

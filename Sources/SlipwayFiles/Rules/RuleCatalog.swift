// SPDX-License-Identifier: Apache-2.0

/// Every rule; a test compares the lists with the folders.
package enum RuleCatalog {
    /// In the order of the reference.
    package static let groups: [RuleGroup] = [
        RuleGroup("Dockerfile", examplePath: "Dockerfile", dockerfile) { $0.dockerfiles },
        RuleGroup(".dockerignore", examplePath: ".dockerignore", dockerIgnore) { $0.dockerIgnores },
        RuleGroup("Compose", examplePath: "compose.yml", compose) { $0.composeFiles },
        RuleGroup("Shell scripts", examplePath: "deploy.sh", script) { $0.scripts },
        RuleGroup("GitHub Actions", examplePath: ".github/workflows/ci.yml", workflow) { repository in
            // Of a whole repository GitHub reads the root's alone; others are templates of other repositories.
            repository.workflows.filter { !repository.isWhole || $0.location.hasPrefix(".github/") }
        },
        RuleGroup("GitLab CI", examplePath: ".gitlab-ci.yml", gitlab) { $0.pipelines },
        RuleGroup("Kubernetes", examplePath: "k8s/app.yaml", kubernetes) { $0.manifests },
        RuleGroup("Helm and Kustomize", examplePath: "kustomization.yaml", isAcrossFiles: true, charts) { [$0] },
        RuleGroup("nginx", examplePath: "nginx.conf", nginx) { $0.nginxFiles },
        RuleGroup("fly.toml", examplePath: "fly.toml", fly) { $0.flyFiles },
        RuleGroup("render.yaml", examplePath: "render.yaml", render) { $0.renderBlueprints },
        RuleGroup("railway.json", examplePath: "railway.json", railway) { $0.railwayConfigs },
        RuleGroup("Procfile", examplePath: "Procfile", procfile) { $0.procfiles },
        RuleGroup("supervisord", examplePath: "supervisord.conf", supervisor) { $0.supervisorFiles },
        RuleGroup("app.json", examplePath: "app.json", appManifest) { $0.appManifests },
        RuleGroup("Environment files", examplePath: ".env", dotenv) { $0.dotenvFiles },
        RuleGroup("Environment", examplePath: ".env", isAcrossFiles: true, contract) { [$0] },
        RuleGroup("Comments", examplePath: "Dockerfile", comments) { [$0] },
        RuleGroup("Across files", examplePath: "Dockerfile", isAcrossFiles: true, across) { [$0] },
    ]

    /// Codes of the rules that look at the whole repository.
    package static let codesAcrossFiles = Set(groups.filter(\.isAcrossFiles).flatMap { $0.descriptions.map(\.code) })

    /// What people read about all rules.
    package static let descriptions: [RuleDescription] = groups.flatMap(\.descriptions)

    private static let codesByName: [String: [String]] = {
        var codes: [String: [String]] = [:]
        for rule in descriptions {
            for name in [rule.code] + rule.aliases { codes[name.lowercased(), default: []].append(rule.code) }
        }
        return codes
    }()

    /// Codes that a person means by a code or an alias; an unknown code means itself.
    package static func codes(named name: String) -> [String] {
        codesByName[name.lowercased()] ?? [name.uppercased()]
    }

    /// Tools whose names our rules also go by.
    package enum Peer { case hadolint, shellCheck, buildKit }

    /// Codes of the rules that another tool has too.
    package static func codes(sharedWith peer: Peer) -> [String] {
        descriptions.filter { $0.aliases.contains { Self.peer(naming: $0) == peer } }.map(\.code)
    }

    private static func peer(naming alias: String) -> Peer? {
        guard alias.dropFirst(2).allSatisfy(\.isNumber) else {
            // kube-linter's and zizmor's names are in lower case.
            return alias.first?.isUppercase == true ? .buildKit : nil
        }
        return alias.hasPrefix("SC") ? .shellCheck : .hadolint
    }

    /// The rules that a person means by a code or an alias.
    package static func descriptions(named name: String) -> [RuleDescription] {
        descriptions.filter { $0.isNamed(name) }
    }
}

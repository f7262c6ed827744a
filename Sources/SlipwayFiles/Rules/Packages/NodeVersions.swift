// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Tools refuse old Nodes.
    static let nodeVersions = Rule(
        "AP182", .error, "Node is too old for the project",
        why: "Tools refuse to start on a Node that is older than they say: the build ends there.",
        catches: [
            [
                "Dockerfile": "FROM node:18-alpine\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json": "{\"devDependencies\":{\"vite\":\"^7.0.0\"},\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "Dockerfile": "FROM node:16\nCOPY . .\nRUN npm ci\n",
                "package.json": "{\"engines\":{\"node\":\">=20\"}}",
            ],
            [
                "Dockerfile": "FROM node:20.11.0 AS build\nCOPY web/package.json ./\nRUN npm ci\n",
                "web/package.json": "{\"devDependencies\":{\"vite\":\"^7.0.0\"}}",
            ],
            [
                "netlify.toml": "[build]\nbase = \"web\"\n[build.environment]\nNODE_VERSION = \"18\"\n",
                "web/package.json": "{\"devDependencies\":{\"vite\":\"^7.0.0\"}}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 18\n      - run: npm ci && npm run build\n        working-directory: web\n",
                "web/package.json": "{\"devDependencies\":{\"vite\":\"^7.0.0\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json":
                    "{\"devDependencies\":{\"vite\":\"^7.0.0\"},\"engines\":{\"node\":\">=20\"},\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "Dockerfile": "FROM node:20.19.0 AS build\nCOPY package.json ./\nRUN npm ci\n",
                "package.json": "{\"devDependencies\":{\"vite\":\"^7.0.0\"}}",
            ],
        ]
    ) { repository in
        StatedNode.all(in: repository).compactMap { stated in
            for folder in stated.folders {
                guard let text = repository.tree.text(GoPath.clean(folder + "/package.json")),
                    let manifest = JSONDocument(parsing: text).root
                else { continue }
                if let engine = manifest.at("engines", "node")?.text, let least = LanguageVersion.least(engine),
                    stated.version.major < least
                {
                    return stated.violation("package.json wants Node \(engine)", write: least)
                }
                if let wanted = NodeRequirement(manifest), !wanted.allows(stated.version) {
                    return stated.violation(
                        "\(wanted.package) \(wanted.major) wants Node \(wanted.text) or later",
                        write: max(wanted.node, 22))
                }
            }
            return nil
        }
    }
}

/// A place that says which Node builds a package.
private struct StatedNode {
    let file: String
    let line: Int
    let version: LanguageVersion
    /// What people write before the version.
    let form: String
    /// Where the package.json can be.
    let folders: [String]

    func violation(_ reason: String, write major: Int) -> Violation {
        Violation(file: file, line: line, "\(reason); write: \(form)\(major)")
    }

    static func all(in repository: CheckedRepository) -> [StatedNode] {
        repository.dockerfiles.flatMap { images($0) } + netlify(repository.tree)
            + repository.renderBlueprints.flatMap(render) + workflows(repository)
    }

    /// The first stage of each Dockerfile that runs something on Node.
    private static func images(_ dockerfile: CheckedDockerfile) -> [StatedNode] {
        let scope = dockerfile.reading.file.globalScope()
        let repository = dockerfile.repository
        let contexts = ContextFiles.statedContexts(dockerfile)
        let own = SourceTree.Entry(path: dockerfile.location).directory
        return dockerfile.stages.compactMap { stage -> StatedNode? in
            let base = ImageName(scope.expand(stage.base).text)
            guard base.name == "node", let version = base.tag.flatMap(LanguageVersion.init),
                stage.instructions.contains(where: { $0.keyword == "RUN" }) || stage.index == 0
            else { return nil }
            let copied = stage.instructions.filter { $0.keyword == "COPY" && $0.flag("from") == nil }
                .flatMap { $0.arguments.dropLast() }.filter {
                    $0.hasSuffix("package.json") || $0.hasSuffix("package*.json")
                }
            let places = (contexts.isEmpty ? BuildContexts.above(dockerfile.location) : contexts).flatMap { context in
                copied.map { SourceTree.Entry(path: GoPath.clean(context + "/" + $0)).directory }
            }
            let folders =
                [own] + places.filter { repository.tree.contains(GoPath.clean($0 + "/package.json")) }.prefix(1)
            return StatedNode(
                file: dockerfile.location, line: stage.from.line, version: version, form: "FROM node:", folders: folders
            )
        }
    }

    private static func netlify(_ tree: SourceTree) -> [StatedNode] {
        tree.files(named: "netlify.toml").compactMap { entry in
            guard let root = tree.text(entry.path).flatMap({ TOMLDocument(parsing: $0).root }),
                let node = root.at("build", "environment", "NODE_VERSION"),
                let version = node.text.flatMap(LanguageVersion.init)
            else { return nil }
            let base = root.at("build", "base")?.text.map { GoPath.clean(String($0.drop { $0 == "/" })) }
            return StatedNode(
                file: entry.path, line: node.line, version: version, form: "NODE_VERSION = ",
                folders: [base ?? entry.directory])
        }
    }

    private static func render(_ file: CheckedFile<RenderBlueprint>) -> [StatedNode] {
        file.document.services.compactMap { service in
            guard let given = service.environment.first(where: { $0.name == "NODE_VERSION" }),
                let version = given.value.flatMap(LanguageVersion.init)
            else { return nil }
            return StatedNode(
                file: file.location, line: given.position.line, version: version, form: "NODE_VERSION ",
                folders: [GoPath.clean(service.rootDirectory?.text ?? file.folder)])
        }
    }

    /// Jobs that set one Node up, and build with it.
    private static func workflows(_ repository: CheckedRepository) -> [StatedNode] {
        let builds = repository.toldCommands.filter { told in
            told.teller == .workflow && told.words.contains { $0.hasPrefix("build") }
                && told.words.first.map { ["npm", "yarn", "pnpm", "npx", "vite", "next"].contains($0) } == true
        }
        return repository.workflows.flatMap { file -> [StatedNode] in
            var number = 0
            return file.jobs.compactMap { job -> StatedNode? in
                let first = number + 1
                number += job.steps.count
                let setups = job.steps.filter { $0.action == "actions/setup-node" }
                guard setups.count == 1, let node = setups[0].input("node-version"), let text = node.text,
                    !text.contains("$"), let version = LanguageVersion(text)
                else { return nil }
                let folders = builds.filter { $0.file == file.location && ($0.block >= first && $0.block <= number) }
                    .compactMap(\.folder)
                guard !folders.isEmpty else { return nil }
                return StatedNode(
                    file: file.location, line: node.line, version: version, form: "node-version: ", folders: folders)
            }
        }
    }
}

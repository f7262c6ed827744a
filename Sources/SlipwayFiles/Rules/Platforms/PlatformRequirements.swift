// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The pod restarts for ever; the service on the platform never gets ready.
    static let platformLacksRequired = Rule(
        "EN433", .warning, "a manifest or a Blueprint leaves out a variable that the code cannot do without",
        why:
            "The process has what its container's env, the objects that envFrom names, or the Blueprint's envVars say. The "
            + "code has no default for the variable and ends when it starts.",
        catches: [
            RuleExample(
                [
                    "k8s/api.yaml":
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: shop/api:1\n          env:\n            - name: MODE\n              value: a\n",
                    "a.py": "URL = os.environ['DATABASE_URL']\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "api", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["api"], required: true, origins: ["a.py:1"])
                    ])),
            RuleExample(
                [
                    "render.yaml":
                        "services:\n  - type: web\n    name: api\n    runtime: python\n    envVars:\n      - key: MODE\n        value: a\n",
                    "a.py": "URL = os.environ['DATABASE_URL']\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "api", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["api"], required: true, origins: ["a.py:1"])
                    ])),
        ],
        passes: [
            RuleExample(
                [
                    "k8s/api.yaml":
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: shop/api:1\n          envFrom:\n            - secretRef:\n                name: api\n"
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "api", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["api"], required: true, origins: ["a.py:1"])
                    ])),
            RuleExample(
                [
                    "render.yaml":
                        "services:\n  - type: web\n    name: api\n    runtime: python\n    envVars:\n      - key: DATABASE_URL\n        sync: false\n"
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "api", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["api"], required: true, origins: ["a.py:1"])
                    ])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        let own = app.services.filter { $0.role == .backend || $0.role == .ssr }
        let processes = PlatformProcess.inPods(of: repository) + PlatformProcess.onRender(of: repository)
        return processes.compactMap { process in
            guard let service = process.service(among: own) else { return nil }
            let missing = app.variables.filter { variable in
                variable.required && variable.default == nil && variable.phase != .build
                    && variable.services.contains(service.name) && !process.given.contains(variable.name)
                    && !["PORT", "HOST", "NODE_ENV"].contains(variable.name)
                    && !BrowserVariables.contains(variable.name) && !RequiredReads.isIntegration(variable.name)
                    && !RequiredReads.isSettled(variable, in: repository.tree)
                    && !variable.origins.contains { $0.contains(".php:") }
                    && variable.origins.compactMap(OriginPlace.of).allSatisfy { place in
                        UnnamedRequirements.isPlain(place, in: repository.tree)
                    }
                    && !process.isBuiltIn(variable.name, in: repository)
            }
            guard let first = missing.first, missing.count <= mostMissingNames else { return nil }
            let names = missing.map(\.name).joined(separator: ", ")
            return Violation(
                file: process.file, line: process.line,
                "\(service.name) cannot do without \(names) (\(first.origins.first ?? "")), and gets no such name; add: "
                    + process.advice(first.name))
        }
    }

    /// Who leaves out more gives them in another way.
    private static let mostMissingNames = 6
}

/// A process as a manifest or a Blueprint starts it, with the names that it gets for certain.
private struct PlatformProcess {
    let file: String
    let line: Int
    /// Words that can name the application's service: the container, its image, the workload.
    let words: [String]
    /// The service's folder, when the file says it.
    let folder: String?
    let given: Set<String>
    let isPod: Bool

    func advice(_ name: String) -> String {
        isPod
            ? "- name: \(name) with valueFrom: {secretKeyRef: {name: ..., key: \(name)}}"
            : "- key: \(name) with sync: false"
    }

    /// The application's service that it runs; `nil` when that is not certain.
    func service(among own: [Service]) -> Service? {
        if let folder {
            let here = own.filter { $0.directory == folder }
            return here.count == 1 ? here[0] : nil
        }
        let named = own.filter { service in
            let parts = words.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map { $0.lowercased() } }
            return parts.contains(service.name.lowercased())
                || !service.directory.isEmpty
                    && parts.contains(service.directory.split(separator: "/").last?.lowercased() ?? "")
        }
        return named.count == 1 ? named[0] : nil
    }

    /// Whether the image brings it.
    func isBuiltIn(_ name: String, in repository: CheckedRepository) -> Bool {
        repository.dockerfiles.contains { file in
            file.reading.file.instructions.contains { $0.keyword == "ENV" && $0.pairs.contains { $0.name == name } }
        }
    }

    static func inPods(of repository: CheckedRepository) -> [PlatformProcess] {
        let objects = repository.manifests.flatMap(\.objects)
        func keys(_ kind: String, _ name: String) -> Set<String>? {
            let found = objects.filter { $0.kind == kind && $0.name == name }
            guard !found.isEmpty else { return nil }
            return Set(
                found.flatMap { object in
                    ["data", "stringData"].flatMap { object.node[$0]?.mapping?.keys.map { $0 } ?? [] }
                })
        }
        return repository.manifests.filter { !DevelopmentPath.isLikely($0.location) }.flatMap { file in
            file.workloads.filter(\.isServing).flatMap { object in
                object.containers.compactMap { container -> PlatformProcess? in
                    guard container["env"]?.sequence?.isEmpty == false || container["envFrom"] != nil else {
                        return nil
                    }
                    var given = Set((container["env"]?.sequence ?? []).compactMap { $0["name"]?.text })
                    for source in container["envFrom"]?.sequence ?? [] {
                        // An object that is made elsewhere can hold everything.
                        guard
                            let names = source.at("configMapRef", "name")?.text.flatMap({ keys("ConfigMap", $0) })
                                ?? source.at("secretRef", "name")?.text.flatMap({ keys("Secret", $0) })
                        else { return nil }
                        given.formUnion(names)
                    }
                    // A mounted file can be a .env.
                    guard
                        (container["volumeMounts"]?.sequence ?? []).allSatisfy({ mount in
                            mount["mountPath"]?.text.map { !$0.contains("env") && !$0.contains("conf") } ?? true
                        })
                    else { return nil }
                    let image = container["image"]?.text ?? ""
                    return PlatformProcess(
                        file: file.location, line: container["env"]?.line ?? container["envFrom"]?.line ?? object.line,
                        words: [container["name"]?.text ?? "", String(image.split(separator: "/").last ?? "")],
                        folder: nil, given: given, isPod: true)
                }
            }
        }
    }

    static func onRender(of repository: CheckedRepository) -> [PlatformProcess] {
        repository.renderBlueprints.flatMap { file in
            file.document.services.compactMap { service -> PlatformProcess? in
                let variables = service.node["envVars"]?.sequence ?? []
                guard ["web", "pserv", "worker"].contains(service.type ?? ""), service.runtime != "static",
                    !variables.isEmpty, !variables.contains(where: { $0["fromGroup"] != nil })
                else { return nil }
                let dockerfile = service.dockerfile.map { SourceTree.Entry(path: GoPath.clean($0.text)).directory }
                let folder = service.rootDirectory.map { GoPath.clean($0.text) } ?? dockerfile ?? "."
                return PlatformProcess(
                    file: file.location, line: service.node["envVars"]?.line ?? service.node.line, words: [],
                    folder: folder,
                    given: Set(variables.compactMap { $0["key"]?.text }).union(["RENDER", "RENDER_EXTERNAL_URL"]),
                    isPod: false)
            }
        }
    }
}

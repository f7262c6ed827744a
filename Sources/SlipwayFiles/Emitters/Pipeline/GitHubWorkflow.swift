// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The values of our workflows (docs.github.com/actions/reference/workflows-and-actions/workflow-syntax).
struct GitHubWorkflow {
    let layout: Layout
    let tree: SourceTree

    private static let runner: FileValue = "ubuntu-24.04"
    private static let onMain = "github.event_name == 'push' && github.ref == 'refs/heads/main'"

    var map: FileMap {
        var jobs = FileMap()
        let checks = ServiceCheck.all(in: layout, tree: tree)
        for check in checks { jobs.set(Layout.label("test-\(check.service.name)"), .map(test(check))) }
        jobs.set("files", .map(files))
        let tests = jobs.entries.map(\.key)
        jobs.set("image", .map(image(needs: tests)))
        if hasBenchmark { jobs.set("benchmark", .map(benchmark)) }
        jobs.set("deploy-fly", .map(deploy("fly", steps: flySteps(rollback: false), needs: ["image"])))
        jobs.set("deploy-ssh", .map(deploy("ssh", steps: sshSteps(rollback: false), needs: ["image"])))
        return [
            "name": "CI",
            "on": ["push": ["branches": .words(["main"])], "pull_request": .map([:]), "workflow_dispatch": .map([:])],
            "permissions": ["contents": "read"],
            // A newer push makes the older run of a branch pointless; main is never stopped in the middle of a deploy.
            "concurrency": [
                "group": "ci-${{ github.ref }}", "cancel-in-progress": "${{ github.ref != 'refs/heads/main' }}",
            ],
            "jobs": .map(jobs),
        ]
    }

    var rollback: FileMap {
        [
            "name": "Roll back",
            "on": [
                "workflow_dispatch": [
                    "inputs": [
                        "target": [
                            "description": "Where to go back", "required": true, "type": "choice",
                            "options": .words(["fly", "ssh"]),
                        ]
                    ]
                ]
            ],
            "permissions": ["contents": "read"],
            "concurrency": ["group": "deploy-production", "cancel-in-progress": false],
            "jobs": [
                "fly": .map(rollbackJob("fly", steps: flySteps(rollback: true))),
                "ssh": .map(rollbackJob("ssh", steps: sshSteps(rollback: true))),
            ],
        ]
    }

    // MARK: Steps

    private func run(_ name: String, _ command: String, in directory: String? = nil, env: FileMap = [:]) -> FileValue {
        var step: FileMap = ["name": .string(name)]
        if let directory, directory != "." { step.set("working-directory", .string(directory)) }
        if !env.isEmpty { step.set("env", .map(env)) }
        step.set("run", .string(command))
        return .map(step)
    }

    private func use(
        _ name: String, _ action: PipelineAction, _ options: FileMap = [:], when condition: String? = nil
    ) -> FileValue {
        var step: FileMap = ["name": .string(name)]
        if let condition { step.set("if", .string(condition)) }
        step.set("uses", .string(action.rawValue), comment: action.version)
        if !options.isEmpty { step.set("with", .map(options)) }
        return .map(step)
    }

    private var checkout: FileValue { use("Check out", .checkout, ["persist-credentials": false]) }

    private func job(
        _ name: String, minutes: Int, needs: [String] = [], when condition: String? = nil, extra: FileMap = [:],
        steps: [FileValue]
    ) -> FileMap {
        var job: FileMap = ["name": .string(name)]
        if !needs.isEmpty { job.set("needs", .words(needs)) }
        if let condition { job.set("if", .string(condition)) }
        job.set("runs-on", Self.runner)
        job.set("timeout-minutes", .integer(minutes))
        for entry in extra.entries { job.set(entry.key, entry.value, comment: entry.comment) }
        job.set("steps", .list(steps))
        return job
    }

    // MARK: Tests

    private func test(_ check: ServiceCheck) -> FileMap {
        var extra = FileMap()
        let set = setup(check)
        if set.isEmpty { extra.set("container", .map(["image": .string(check.toolImage)])) }
        let resources = check.resources.compactMap { resource in ResourceImage(resource).map { (resource, $0) } }
        if !resources.isEmpty {
            extra.set(
                "services",
                .map(
                    FileMap(
                        resources.map { resource, image in
                            var service: FileMap = ["image": .string(image.name)]
                            let settings = ResourceImage.settings(of: resource, password: "app")
                            if !settings.isEmpty { service.set("env", .pairs(settings)) }
                            if !set.isEmpty {
                                service.set("ports", .list([.string("\(image.port):\(image.port)")]))
                            }
                            service.set(
                                "options",
                                .string(
                                    "--health-cmd \"\(image.check)\" --health-interval 5s --health-timeout 5s --health-retries 20"
                                ))
                            return FileMap.Entry(resource.name, .map(service))
                        })))
        }
        let environment = check.environment { set.isEmpty ? $0.name : "localhost" }
        if !environment.isEmpty { extra.set("env", .pairs(environment)) }
        let steps = check.steps.map { run($0.name, $0.command, in: check.service.directory) }
        let system = check.service.systemPackages + check.service.buildPackages
        let packages =
            system.isEmpty
            ? []
            : [
                run(
                    "System packages",
                    "\(set.isEmpty ? "" : "sudo ")apt-get update && \(set.isEmpty ? "" : "sudo ")apt-get install --yes --no-install-recommends "
                        + system.map(ShellWord.quote).joined(separator: " "))
            ]
        return job(
            "Test \(check.service.name)", minutes: 20, extra: extra, steps: [checkout] + set + packages + steps)
    }

    private func setup(_ check: ServiceCheck) -> [FileValue] {
        let service = check.service
        let version = service.languageVersion
        func lock(_ names: [String]) -> FileValue? {
            let folders = [service.directory, layout.image(of: service)?.context ?? service.directory]
            return folders.flatMap { folder in names.map { Layout.join(folder, $0) } }.first(where: tree.contains)
                .map(FileValue.string)
        }
        switch service.language {
        case "python":
            if service.packageManager == "uv" {
                return [use("Set up uv", .setupUV, ["python-version": .string(check.short(version) ?? "3.12")])]
            }
            var options: FileMap = ["python-version": .string(check.short(version) ?? "3.12")]
            if service.packageManager == "pip", let path = lock(["requirements-dev.txt", "requirements.txt"]) {
                options.set("cache", "pip")
                options.set("cache-dependency-path", path)
            }
            let tools = service.packageManager.flatMap { ["poetry", "pipenv", "pdm"].contains($0) ? $0 : nil }
            return [use("Set up Python", .setupPython, options)]
                + (tools.map { [run("Install \($0)", "pipx install \($0)")] } ?? [])
        case "javascript", "typescript":
            if service.packageManager == "bun" { return [use("Set up Bun", .setupBun)] }
            var options: FileMap = ["node-version": .string(check.nodeVersion)]
            let locks = ["npm": "package-lock.json", "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml"]
            let manager = service.packageManager ?? "npm"
            if let path = locks[manager].flatMap({ lock([$0]) }) {
                options.set("cache", .string(manager))
                options.set("cache-dependency-path", path)
            }
            let node = use("Set up Node", .setupNode, options)
            switch manager {
            case "pnpm": return [setupPNPM(check), node]
            case "yarn" where check.nodeManager?.hasPrefix("corepack") == true:
                return [run("Set up yarn", "npm install --global corepack@0.34 && corepack enable"), node]
            default: return [node]
            }
        case "go":
            var options: FileMap = ["go-version-file": .string(Layout.join(service.directory, "go.mod"))]
            options.set("cache-dependency-path", lock(["go.sum"]))
            return [use("Set up Go", .setupGo, options)]
        default: return []
        }
    }

    /// The action refuses a version where package.json has one (github.com/pnpm/action-setup#version).
    private func setupPNPM(_ check: ServiceCheck) -> FileValue {
        switch check.statesManager {
        case "package.json": use("Set up pnpm", .setupPNPM)
        case let file?: use("Set up pnpm", .setupPNPM, ["package_json_file": .string(file)])
        case nil:
            use(
                "Set up pnpm", .setupPNPM,
                ["version": .string(check.nodeManager.map { String($0.dropFirst("pnpm@".count)) } ?? "10")])
        }
    }

    /// Scripts and Compose files are tested as code is.
    private var files: FileMap {
        job(
            "Deployment files", minutes: 10,
            steps: [
                checkout, run("Scripts", "shellcheck scripts/*.sh"),
                run(
                    "Compose files",
                    """
                    touch .env .env.production
                    for file in docker-compose*.yml; do
                      docker compose --file "$file" config --quiet --no-interpolate
                    done
                    """),
            ])
    }

    // MARK: Images

    private func image(needs: [String]) -> FileMap {
        let namesTarget = layout.images.contains { layout.handwritten($0)?.target != nil }
        let include = layout.images.map { image -> FileValue in
            var entry: FileMap = [
                "image": .string(image.name), "context": .string(image.context), "file": .string(image.dockerfile),
                "arguments": .string(
                    layout.buildArguments(of: image).map {
                        "\($0.name)=${{ vars.\($0.name) || '\(Self.literal($0.default ?? ""))' }}"
                    }
                    .joined(separator: "\n")),
            ]
            // An empty target is the last stage.
            if namesTarget { entry.set("target", .string(layout.handwritten(image)?.target ?? "")) }
            return .map(entry)
        }
        var build: FileMap = [
            "context": "${{ matrix.context }}", "file": "${{ matrix.file }}", "load": true,
            "build-args": "VERSION=${{ github.sha }}\nREVISION=${{ github.sha }}\n${{ matrix.arguments }}",
            "tags": "${{ steps.name.outputs.reference }}",
            "cache-from": "type=gha,scope=${{ matrix.image }}",
            "cache-to": "type=gha,mode=max,scope=${{ matrix.image }}",
        ]
        if namesTarget { build.set("target", "${{ matrix.target }}") }
        return job(
            "Image ${{ matrix.image }}", minutes: 30, needs: needs,
            extra: FileMap([
                .init(
                    "permissions", ["contents": "read", "packages": "write"],
                    comment: "The image is pushed to this repository's registry."),
                .init("strategy", ["fail-fast": false, "matrix": ["include": .list(include)]]),
            ]),
            steps: [
                checkout,
                .map([
                    "name": "Name", "id": "name", "env": ["IMAGE": "${{ matrix.image }}"],
                    // A registry takes small letters only, a repository's owner may have others.
                    "run": "echo \"reference=ghcr.io/${GITHUB_REPOSITORY,,}/$IMAGE:$GITHUB_SHA\" >>\"$GITHUB_OUTPUT\"",
                ]), use("Set up Buildx", .setupBuildx),
                use(
                    "Log in to the registry", .login,
                    [
                        "registry": "ghcr.io", "username": "${{ github.actor }}",
                        "password": "${{ secrets.GITHUB_TOKEN }}",
                    ], when: Self.onMain),
                use("Build", .build, build),
                use(
                    "Scan for known holes", .scan,
                    [
                        "image-ref": "${{ steps.name.outputs.reference }}",
                        "severity": "CRITICAL,HIGH", "ignore-unfixed": true, "exit-code": "1",
                    ]),
                .map([
                    "name": "Push", "if": .string(Self.onMain),
                    "env": ["IMAGE": "${{ steps.name.outputs.reference }}"],
                    "run": "docker push \"$IMAGE\"",
                ]),
            ])
    }

    /// Inside an expression a quote is doubled.
    private static func literal(_ text: String) -> String { text.replacing("'", with: "''") }

    // MARK: Benchmark

    private var hasBenchmark: Bool { layout.front.flatMap(layout.port(of:)) != nil }

    private var benchmark: FileMap {
        let front = layout.front
        let name = front?.name ?? ""
        let port = front.flatMap(layout.port(of:)) ?? Layout.fileServerPort
        let path = front.flatMap(layout.healthPath(of:)) ?? "/"
        return job(
            "Benchmark", minutes: 20, needs: ["image"], when: Self.onMain,
            steps: [
                checkout,
                run("Install wrk", "sudo apt-get update && sudo apt-get install --yes --no-install-recommends wrk"),
                run(
                    "Start the application",
                    "scripts/test-docker.sh --values >.env.benchmark\n"
                        + "docker compose --env-file .env.benchmark --file \(ComposeFileName.stack) up --build --detach --wait"
                ),
                run(
                    "Measure",
                    """
                    address="$(docker compose --env-file .env.benchmark --file \(ComposeFileName.stack) port \(ShellWord.quote(name)) \(port))"
                    wrk --threads 2 --connections 32 --duration 15s --latency "http://$address\(path)" | tee benchmark.txt
                    cat benchmark.txt >>"$GITHUB_STEP_SUMMARY"
                    """),
                use("Keep the figures", .upload, ["name": "benchmark", "path": "benchmark.txt", "retention-days": 90]),
            ])
    }

    // MARK: Deploys

    private func environment(_ target: String) -> FileValue { ["name": "production"] }

    private func deploy(_ target: String, steps: [FileValue], needs: [String]) -> FileMap {
        job(
            "Deploy (\(target))", minutes: 30, needs: needs,
            when: "\(Self.onMain) && vars.DEPLOY_TARGET == '\(target)'",
            extra: [
                "environment": environment(target),
                "concurrency": ["group": "deploy-production", "cancel-in-progress": false],
            ], steps: steps)
    }

    private func rollbackJob(_ target: String, steps: [FileValue]) -> FileMap {
        job(
            "Back (\(target))", minutes: 20, when: "inputs.target == '\(target)'",
            extra: ["environment": environment(target)], steps: steps)
    }

    /// The script goes back by itself when an application does not become healthy.
    private func flySteps(rollback: Bool) -> [FileValue] {
        [
            checkout, use("Set up flyctl", .setupFly),
            run(
                rollback ? "Go back" : "Deploy", "scripts/deploy-fly.sh\(rollback ? " --rollback" : "")",
                env: ["FLY_API_TOKEN": "${{ secrets.FLY_API_TOKEN }}"]),
        ]
    }

    /// The host's key is known beforehand, so nobody else can answer in its place.
    private func sshSteps(rollback: Bool) -> [FileValue] {
        [
            checkout,
            run(
                "Prepare the key",
                """
                install -m 700 -d ~/.ssh
                printf '%s\\n' "$SSH_KEY" >~/.ssh/deploy
                chmod 600 ~/.ssh/deploy
                printf '%s\\n' "$SSH_KNOWN_HOSTS" >~/.ssh/known_hosts
                """,
                env: ["SSH_KEY": "${{ secrets.SSH_KEY }}", "SSH_KNOWN_HOSTS": "${{ secrets.SSH_KNOWN_HOSTS }}"]),
            run(
                rollback ? "Go back" : "Deploy",
                "scripts/deploy-ssh.sh\(rollback ? " --rollback" : "") --identity ~/.ssh/deploy \"$SSH_TARGET\"",
                env: ["SSH_TARGET": "${{ secrets.SSH_TARGET }}"]),
        ]
    }
}

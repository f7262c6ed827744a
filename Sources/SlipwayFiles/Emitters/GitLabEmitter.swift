// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// `.gitlab-ci.yml`: the same jobs as on GitHub (docs.gitlab.com/ci/yaml).
package struct GitLabEmitter: Emitter {
    package let name = "gitlab"
    package let target = FileTarget.gitlab
    private static let onMain: FileValue = .list([["if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"]])

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        var map: FileMap = [
            "stages": .words(["test", "image", "scan", "benchmark", "deploy"]),
            "workflow": [
                "rules": .list([
                    ["if": "$CI_PIPELINE_SOURCE == \"merge_request_event\""],
                    ["if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"],
                ])
            ],
            "default": ["interruptible": true, "timeout": "30 minutes"],
        ]
        for check in ServiceCheck.all(in: layout, tree: input.tree) {
            map.set(Layout.label("test-\(check.service.name)"), .map(test(check)))
        }
        map.set("files", .map(files))
        for image in layout.images {
            map.set("image-\(image.name)", .map(self.image(image, layout)))
            map.set("scan-\(image.name)", .map(scan(image)))
        }
        if let front = layout.front, let port = layout.port(of: front) {
            map.set("benchmark", .map(benchmark(front, port: port, path: layout.healthPath(of: front) ?? "/")))
        }
        map.set("deploy-fly", .map(fly(rollback: false)))
        map.set("deploy-ssh", .map(ssh(rollback: false)))
        map.set("rollback-fly", .map(fly(rollback: true)))
        map.set("rollback-ssh", .map(ssh(rollback: true)))
        let header =
            "Tests, images and deploys of \(layout.name). Deploys happen on the default branch when the variable\n"
            + "DEPLOY_TARGET is fly or ssh; the rollback jobs are started by hand."
        return [GeneratedFile(path: ".gitlab-ci.yml", contents: YAMLText.print(map, comment: header))]
    }

    private func test(_ check: ServiceCheck) -> FileMap {
        var job: FileMap = ["stage": "test", "image": .string(check.toolImage)]
        let resources = check.resources.compactMap { resource in ResourceImage(resource).map { (resource, $0) } }
        var variables = FileMap()
        if !resources.isEmpty {
            job.set(
                "services",
                .list(
                    resources.map { resource, image in
                        var service: FileMap = ["name": .string(image.name), "alias": .string(resource.name)]
                        let settings = ResourceImage.settings(of: resource, password: "app")
                        if !settings.isEmpty { service.set("variables", .pairs(settings)) }
                        return .map(service)
                    }))
        }
        for (name, value) in check.environment(host: \.name) { variables.set(name, .string(value)) }
        if !variables.isEmpty { job.set("variables", .map(variables)) }
        let packages = check.service.systemPackages + check.service.buildPackages
        if !packages.isEmpty {
            job.set(
                "before_script",
                .texts([
                    "apt-get update && apt-get install --yes --no-install-recommends "
                        + packages.map(ShellWord.quote).joined(separator: " ")
                ]))
        }
        var tools = ["poetry", "pipenv", "pdm", "uv"].filter { $0 == check.service.packageManager }
            .map { (tool: String) in "pip install \(tool)" }
        if let manager = check.nodeManager, ["javascript", "typescript"].contains(check.service.language ?? "") {
            tools.append("npm install --global \(manager)")
            if manager.hasPrefix("corepack") { tools.append("corepack enable") }
        }
        let enter = check.service.directory == "." ? [] : ["cd \(ShellWord.quote(check.service.directory))"]
        let commands = tools + enter + check.steps.map(\.command)
        job.set("script", .texts(commands.isEmpty ? ["true"] : commands))
        return job
    }

    private var files: FileMap {
        [
            "stage": "test", "image": "koalaman/shellcheck-alpine:v0.10.0",
            "script": .texts(["shellcheck scripts/*.sh"]),
        ]
    }

    /// What every job with a Docker engine beside it says.
    private func docker(_ stage: String) -> FileMap {
        [
            "stage": .string(stage), "image": "docker:27", "services": .texts(["docker:27-dind"]),
            "variables": ["DOCKER_TLS_CERTDIR": "/certs", "DOCKER_BUILDKIT": "1"],
        ]
    }

    private func image(_ image: Layout.Image, _ layout: Layout) -> FileMap {
        let name = "\"$CI_REGISTRY_IMAGE/\(image.name)"
        let target = layout.handwritten(image)?.target.map { " --target \(ShellWord.quote($0))" } ?? ""
        let arguments =
            target
            + layout.buildArguments(of: image).map { " ${\($0.name):+--build-arg \"\($0.name)=$\($0.name)\"}" }.joined()
        var job = docker("image")
        job.set(
            "script",
            .texts([
                "echo \"$CI_REGISTRY_PASSWORD\" | docker login --username \"$CI_REGISTRY_USER\" --password-stdin \"$CI_REGISTRY\"",
                "docker buildx create --use",
                "docker buildx build --file \(ShellWord.quote(image.dockerfile)) --tag \(name):$CI_COMMIT_SHA\""
                    + " --build-arg \"VERSION=$CI_COMMIT_SHORT_SHA\" --build-arg \"REVISION=$CI_COMMIT_SHA\"\(arguments)"
                    + " --cache-from \"type=registry,ref=$CI_REGISTRY_IMAGE/\(image.name):cache\""
                    + " --cache-to \"type=registry,mode=max,ref=$CI_REGISTRY_IMAGE/\(image.name):cache\""
                    + " --push \(ShellWord.quote(image.context))",
            ]))
        return job
    }

    private func scan(_ image: Layout.Image) -> FileMap {
        [
            "stage": "scan", "needs": .words(["image-\(image.name)"]),
            "image": ["name": "aquasec/trivy:0.58.1", "entrypoint": .list([""])],
            "variables": [
                "TRIVY_USERNAME": "$CI_REGISTRY_USER", "TRIVY_PASSWORD": "$CI_REGISTRY_PASSWORD",
                "TRIVY_AUTH_URL": "$CI_REGISTRY",
            ],
            "script": .texts([
                "trivy image --exit-code 1 --ignore-unfixed --severity CRITICAL,HIGH \"$CI_REGISTRY_IMAGE/\(image.name):$CI_COMMIT_SHA\""
            ]),
        ]
    }

    private func benchmark(_ front: Service, port: UInt16, path: String) -> FileMap {
        var job = docker("benchmark")
        job.set("rules", Self.onMain)
        job.set(
            "script",
            .texts([
                "apk add --no-cache bash git wrk", "scripts/test-docker.sh --values >.env.benchmark",
                "docker compose --env-file .env.benchmark --file \(ComposeFileName.stack) up --build --detach --wait",
                "port=\"$(docker compose --env-file .env.benchmark --file \(ComposeFileName.stack) port \(ShellWord.quote(front.name)) \(port))\"",
                "wrk --threads 2 --connections 32 --duration 15s --latency \"http://docker:${port##*:}\(path)\" | tee benchmark.txt",
            ]))
        job.set("artifacts", ["paths": .texts(["benchmark.txt"]), "expire_in": "90 days"])
        return job
    }

    private func rules(_ target: String, manual: Bool) -> FileValue {
        var rule: FileMap = [
            "if": .string("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $DEPLOY_TARGET == \"\(target)\"")
        ]
        if manual {
            rule.set("when", "manual")
            rule.set("allow_failure", true)
        }
        return .list([.map(rule)])
    }

    /// Never two at a time, and never stopped in the middle.
    private func deploy(_ target: String, image: String, rollback: Bool, script: [String]) -> FileMap {
        [
            "stage": "deploy", "image": .string(image), "interruptible": false, "resource_group": "production",
            "environment": ["name": "production"], "rules": rules(target, manual: rollback), "script": .texts(script),
        ]
    }

    private func fly(rollback: Bool) -> FileMap {
        deploy(
            "fly", image: "debian:bookworm-slim", rollback: rollback,
            script: [
                "apt-get update && apt-get install --yes --no-install-recommends ca-certificates curl jq openssl",
                "curl --fail --silent --show-error --location https://fly.io/install.sh | sh",
                "PATH=\"$HOME/.fly/bin:$PATH\" scripts/deploy-fly.sh\(rollback ? " --rollback" : "")",
            ])
    }

    private func ssh(rollback: Bool) -> FileMap {
        deploy(
            "ssh", image: "debian:bookworm-slim", rollback: rollback,
            script: [
                "apt-get update && apt-get install --yes --no-install-recommends git openssh-client",
                "install -m 700 -d ~/.ssh && cp \"$SSH_KNOWN_HOSTS\" ~/.ssh/known_hosts && chmod 600 \"$SSH_KEY\"",
                "scripts/deploy-ssh.sh\(rollback ? " --rollback" : "") --identity \"$SSH_KEY\" \"$SSH_TARGET\"",
            ])
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of docs.gitlab.com/ci/yaml.
enum GitLabKeys {
    static let top: Set<String> = [
        "default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script",
        "after_script", "pages", "spec",
    ]
    static let job: Set<String> = [
        "after_script", "allow_failure", "artifacts", "before_script", "cache", "coverage", "dast_configuration",
        "dependencies", "environment", "extends", "hooks", "identity", "id_tokens", "image", "inherit", "inputs",
        "interruptible", "manual_confirmation", "needs", "only", "except", "pages", "parallel", "release",
        "resource_group", "retry", "rules", "run", "script", "secrets", "services", "stage", "start_in", "tags",
        "timeout", "trigger", "variables", "when", "publish",
    ]
    static let stages: Set<String> = ["build", "test", "deploy", ".pre", ".post"]
}

/// One job of a GitLab pipeline.
struct GitLabJob {
    let name: String
    let line: Int
    let node: DataNode

    var isHidden: Bool { name.hasPrefix(".") }
}

extension CheckedFile<YAMLDocument> {
    /// Hidden jobs, which others extend, included.
    var pipelineJobs: [GitLabJob] {
        (self.root?.mapping?.entries ?? []).filter { entry in
            !GitLabKeys.top.contains(entry.key) && entry.value.mapping != nil
        }.map { GitLabJob(name: $0.key, line: $0.line, node: $0.value) }
    }

    /// Whether jobs come from files that are not seen here.
    var includesPipelines: Bool { self.root?["include"] != nil }
}

extension Rule<CheckedFile<YAMLDocument>> {
    /// GitLab refuses the pipeline.
    static let unknownPipelineKey = Rule(
        "WF050", .error, "a GitLab job has a key that does not exist",
        why: "GitLab refuses the pipeline: nothing is tested and nothing is deployed.",
        catches: ["test:\n  scripts:\n    - make\n  script: make\n"],
        passes: ["test:\n  script: make\n", ".base:\n  script: make\ntest:\n  extends: .base\n"]
    ) { file in
        file.pipelineJobs.flatMap { job in
            (job.node.mapping?.entries ?? []).filter { !GitLabKeys.job.contains($0.key) && !job.isHidden }.map {
                entry in
                let near = NearestWord.of(entry.key, among: GitLabKeys.job)
                return Violation(
                    line: entry.line, column: entry.position.column,
                    "\(entry.key) is no key of a job" + (near.map { "; write: \($0)" } ?? "; delete it"),
                    fix: near.flatMap { near in
                        guard job.node[near] == nil else { return nil }
                        return file.fix("Write \(near)", line: entry.line, entry.key + ":", with: near + ":")
                    })
            }
        }
    }

    /// A job must do something in a stage that exists.
    static let incompletePipelineJob = Rule(
        "WF051", .error, "a GitLab job has no script, or a stage that is not declared",
        why: "GitLab refuses the pipeline: a job needs a script and one of the stages.",
        catches: ["stages: [test]\ndeploy:\n  stage: deploy\n  script: make\n", "test:\n  image: node:22\n"],
        passes: [
            "stages: [test, deploy]\ndeploy:\n  stage: deploy\n  script: make\n",
            "deploy:\n  stage: deploy\n  script: make\n",
            "test:\n  extends: .other\n",
        ]
    ) { file in
        guard !file.includesPipelines else { return [] }
        let declared = file.root?["stages"]?.texts.map { Set($0).union([".pre", ".post"]) } ?? GitLabKeys.stages
        return file.pipelineJobs.filter { !$0.isHidden }.flatMap { job -> [Violation] in
            var found: [Violation] = []
            if let stage = job.node["stage"], let name = stage.text, !declared.contains(name), !name.contains("$") {
                found.append(
                    Violation(
                        line: stage.line,
                        "\(name) is no stage; "
                            + (NearestWord.of(name, among: declared).map { "write: \($0)" } ?? "add it to stages")))
            }
            if !["script", "run", "trigger", "extends", "pages", "release"].contains(where: { job.node[$0] != nil }) {
                found.append(Violation(line: job.line, "\(job.name) does nothing; add: script:"))
            }
            return found
        }
    }

    /// What a job waits for or copies must exist.
    static let danglingPipelineJob = Rule(
        "WF052", .error, "a GitLab job names a job that does not exist",
        why: "GitLab refuses the pipeline.",
        catches: [
            "test:\n  script: make\ndeploy:\n  stage: deploy\n  needs: [tests]\n  script: make\n",
            "test:\n  extends: .bse\n.base:\n  script: make\n",
        ],
        passes: ["test:\n  script: make\ndeploy:\n  stage: deploy\n  needs: [test]\n  script: make\n"]
    ) { file in
        guard !file.includesPipelines else { return [] }
        let names = Set(file.root?.mapping?.keys ?? [])
        return file.pipelineJobs.flatMap { job -> [Violation] in
            let nodes =
                (job.node["needs"]?.sequence ?? []) + (job.node["dependencies"]?.sequence ?? [])
                + (job.node["extends"].map { $0.sequence ?? [$0] } ?? [])
            return nodes.compactMap { node in
                guard let name = node.text ?? node["job"]?.text, node["project"] == nil, node["pipeline"] == nil,
                    !names.contains(name), !name.contains("$"), node["optional"]?.bool != true
                else { return nil }
                return Violation(
                    line: node.line,
                    "\(name) is no job" + (NearestWord.of(name, among: names).map { "; write: \($0)" } ?? "; delete it")
                )
            }
        }
    }

    /// Variables in the file are no secrets.
    static let pipelineSecret = Rule(
        "WF053", .error, "a secret is written in the pipeline",
        why: "Everybody who can read the repository, or its history, has the secret.",
        catches: ["variables:\n  DEPLOY_TOKEN: glpat-a8f3k2m9x7\ntest:\n  script: make\n"],
        passes: ["variables:\n  DEPLOY_TOKEN: $MASKED_TOKEN\n  POSTGRES_PASSWORD: postgres\ntest:\n  script: make\n"]
    ) { file in
        let mappings = [file.root?["variables"]?.mapping] + file.pipelineJobs.map { $0.node["variables"]?.mapping }
        return mappings.compactMap { $0 }.flatMap(\.entries).compactMap { entry in
            guard SecretText.isSecret(name: entry.key), let value = entry.value.text ?? entry.value["value"]?.text,
                value.utf8.count >= 8, !value.contains("$"), !SecretText.isKnown(value),
                !SecretText.isPlaceholder(value)
            else { return nil }
            return Violation(
                line: entry.line,
                "\(entry.key) stands in the repository; delete it and give it under Settings, CI/CD, Variables, masked")
        }
    }

    /// Whatever is called latest today.
    static let movingPipelineImage = Rule(
        "WF054", .warning, "a GitLab job runs in an image without a version",
        why:
            "The job runs in whatever the registry calls latest that day, and breaks on a day when nobody changed anything.",
        catches: ["image: node\ntest:\n  script: make\n", "test:\n  image: python:latest\n  script: make\n"],
        passes: ["image: node:22\ntest:\n  script: make\n", "image: $CI_REGISTRY_IMAGE\ntest:\n  script: make\n"]
    ) { file in
        let nodes =
            [file.root?["image"], file.root?.at("default", "image")] + file.pipelineJobs.map { $0.node["image"] }
        return nodes.compactMap { $0 }.compactMap { node in
            guard let image = node.text ?? node["name"]?.text, !image.contains("$"), ImageName(image).isMoving else {
                return nil
            }
            return Violation(line: node.line, "\(image) moves; write a version: \(ImageName(image).name):VERSION")
        }
    }

    /// The older of two deployments can end last.
    static let pipelineDeployTwice = Rule(
        "WF055", .info, "two GitLab deployments can run at once",
        why: "After two quick pushes both deploy at once, and the older one can end last and stay.",
        catches: ["deploy:\n  stage: deploy\n  environment: production\n  script: make deploy\n"],
        passes: [
            "deploy:\n  stage: deploy\n  environment: production\n  resource_group: production\n  script: make deploy\n"
        ]
    ) { file in
        file.pipelineJobs.filter { job in
            job.node["environment"] != nil && job.node["resource_group"] == nil && !job.isHidden
                && job.node["extends"] == nil
        }.map { Violation(line: $0.line, "\($0.name) can run twice at once; add: resource_group: production") }
    }
}

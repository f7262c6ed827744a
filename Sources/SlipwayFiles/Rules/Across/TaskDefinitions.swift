// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Invalid task definition: Could not find container definition.
    static let unknownTaskContainer = Rule(
        "AP245", .error, "a workflow names a container that the ECS task does not have",
        why:
            "Rendering the task definition ends with \"Could not find container definition with matching name\": nothing is "
            + "deployed.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\nenv:\n  CONTAINER_NAME: web\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: aws-actions/amazon-ecs-render-task-definition@v1\n        with:\n          task-definition: task.json\n          container-name: ${{ env.CONTAINER_NAME }}\n          image: a\n",
                "task.json": "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"a\"}]}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: aws-actions/amazon-ecs-render-task-definition@v1\n        with:\n          task-definition: .aws/task.json\n          container-name: api\n          image: a\n",
                "task.json": "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"a\"}]}",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\nenv:\n  CONTAINER_NAME: api\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: aws-actions/amazon-ecs-render-task-definition@v1\n        with:\n          task-definition: task.json\n          container-name: ${{ env.CONTAINER_NAME }}\n          image: a\n",
                "task.json": "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"a\"}]}",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.workflows.filter { $0.location.hasPrefix(".github/") }.flatMap { file in
            file.jobs.flatMap { job in
                job.steps.compactMap { step -> Violation? in
                    guard step.action == "aws-actions/amazon-ecs-render-task-definition",
                        let node = step.input("task-definition"),
                        let path = value(of: node, step, job, file), ToldCommand.isPlain(path), !path.hasPrefix("/")
                    else { return nil }
                    let isMade = job.steps.contains {
                        $0.run?.text?.contains("describe-task-definition") == true
                            || $0.run?.text?.contains(path) == true
                    }
                    guard let text = repository.tree.text(GoPath.clean(path)) else {
                        return isMade
                            ? nil
                            : Violation(
                                file: file.location, line: node.line,
                                "there is no \(path); add it, or write: \(TaskDefinition.all(in: repository).first?.path ?? "the task definition's path")"
                            )
                    }
                    guard let name = step.input("container-name"), let container = value(of: name, step, job, file),
                        !isMade,
                        !container.contains("$"), let task = TaskDefinition(path: path, text: text),
                        !task.containers.contains(where: { $0["name"]?.text == container })
                    else { return nil }
                    let known = task.containers.compactMap { $0["name"]?.text }.joined(separator: ", ")
                    return Violation(
                        file: file.location, line: name.line, "\(path) has no container \(container); write: \(known)")
                }
            }
        }
    }

    /// The text of an input, `${{ env.NAME }}` looked up.
    private static func value(
        of node: DataNode, _ step: WorkflowStep, _ job: WorkflowJob, _ file: CheckedFile<YAMLDocument>
    ) -> String? {
        guard let text = node.text else { return nil }
        guard text.contains("${{") else { return text }
        guard let inner = WorkflowExpressions.all(in: text).first, inner.hasPrefix("env."), text.hasPrefix("${{"),
            text.hasSuffix("}}")
        else {
            return nil
        }
        let name = String(inner.dropFirst(4))
        return (step.node.at("env", name) ?? job.node.at("env", name) ?? file.root?.at("env", name))?.text
    }

    /// Essential container in task exited.
    static let taskWithoutCommand = Rule(
        "AP246", .error, "an ECS task starts an image that starts nothing",
        why:
            "The image has only an entry script that runs what it is given, and the task gives no command: the container "
            + "ends at once, and ECS starts it again and again.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
                "task.json":
                    "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"1.dkr.ecr.eu-central-1.amazonaws.com/api\",\"command\":null}]}",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\nCMD [\"gunicorn\", \"a:b\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
                "task.json":
                    "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"1.dkr.ecr.eu-central-1.amazonaws.com/api\"}]}",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n",
                "task.json":
                    "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"1.dkr.ecr.eu-central-1.amazonaws.com/api\",\"command\":[\"gunicorn\",\"a:b\"]}]}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let starters = repository.dockerfiles.filter { !isForDevelopment($0) && !isServedByBase($0) }
        guard !starters.isEmpty, starters.allSatisfy({ startsNothing($0, in: repository) }) else { return [] }
        return TaskDefinition.all(in: repository).flatMap { task in
            task.containers.compactMap { container -> Violation? in
                guard container["command"]?.sequence?.isEmpty ?? true,
                    container["entryPoint"]?.sequence?.isEmpty ?? true,
                    container["image"]?.text?.contains(".dkr.ecr.") == true
                else { return nil }
                return Violation(
                    file: task.path, line: container["command"]?.line ?? container.line,
                    "the image ends at once; write the server's command here, or as CMD in \(starters[0].location)")
            }
        }
    }

    private static func isForDevelopment(_ file: CheckedDockerfile) -> Bool {
        if DevelopmentPath.isLikely(file.location) { return true }
        // Beside a Dockerfile for production the plain one is for developers.
        let production = ["Dockerfile.prod", "Dockerfile.production"].map {
            GoPath.clean(SourceTree.Entry(path: file.location).directory + "/" + $0)
        }
        return SourceTree.Entry(path: file.location).name == "Dockerfile"
            && production.contains(where: file.repository.tree.contains)
    }

    /// Front ends start with their base image's own command.
    private static func isServedByBase(_ file: CheckedDockerfile) -> Bool {
        ["nginx", "caddy", "httpd", "node"].contains { ImageName(file.finalBase ?? "").repository.contains($0) }
            && file.finalStage.allSatisfy { $0.keyword != "ENTRYPOINT" }
    }

    private static func startsNothing(_ file: CheckedDockerfile, in repository: CheckedRepository) -> Bool {
        guard let entry = file.finalStage.last(where: { $0.keyword == "ENTRYPOINT" }), entry.isJSON,
            entry.command.count == 1,
            !file.finalStage.contains(where: { $0.keyword == "CMD" }), let word = entry.command.first
        else { return false }
        let name = SourceTree.Entry(path: word).name
        let stem = name.replacing(".prod", with: "")
        let scripts = (repository.tree.files(named: name) + repository.tree.files(named: stem)).compactMap {
            repository.tree.text($0.path)
        }
        return !scripts.isEmpty
            && scripts.allSatisfy { $0.trimmed.hasSuffix("exec \"$@\"") || $0.trimmed.hasSuffix("exec $@") }
    }

    /// The container falls back to what suits a developer.
    static let taskWithoutVariables = Rule(
        "AP247", .warning, "an ECS task gives its container no variables",
        why:
            "The code reads the address of its database and its secrets from variables: without them it stops, or works "
            + "with a default that keeps nothing.",
        catches: [
            RuleExample(
                [
                    "task.json":
                        "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"1.dkr.ecr.eu-central-1.amazonaws.com/api\",\"environment\":[]}]}"
                ], app: taskApplication)
        ],
        passes: [
            RuleExample(
                [
                    "task.json":
                        "{\"family\":\"a\",\"containerDefinitions\":[{\"name\":\"api\",\"image\":\"1.dkr.ecr.eu-central-1.amazonaws.com/api\",\"secrets\":[{\"name\":\"DATABASE_URL\",\"valueFrom\":\"a\"}]}]}"
                ], app: taskApplication)
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tasks = TaskDefinition.all(in: repository)
        guard !tasks.isEmpty, let app = repository.app else { return [] }
        let wanted = app.variables.filter {
            $0.phase != .build && ($0.required || $0.secret || $0.name == "DATABASE_URL")
        }.map(\.name).sorted()
        guard let first = wanted.first(where: { $0.contains("DATABASE") }) ?? wanted.first else { return [] }
        return tasks.flatMap { task in
            task.containers.compactMap { container -> Violation? in
                let given = ["environment", "secrets", "environmentFiles"].contains {
                    !(container[$0]?.sequence?.isEmpty ?? true)
                }
                guard !given, container["image"]?.text?.contains(".dkr.ecr.") == true, task.containers.count == 1 else {
                    return nil
                }
                return Violation(
                    file: task.path, line: container["environment"]?.line ?? container.line,
                    "the code reads \(first); add: \"secrets\": [{\"name\": \"\(first)\", \"valueFrom\": \"ARN\"}]")
            }
        }
    }
}

/// An ECS task as `aws ecs register-task-definition` takes it.
private struct TaskDefinition {
    let path: String
    let containers: [DataNode]

    init?(path: String, text: String) {
        guard let list = JSONDocument(parsing: text).root?["containerDefinitions"]?.sequence else { return nil }
        self.path = path
        containers = list
    }

    static func all(in repository: CheckedRepository) -> [TaskDefinition] {
        repository.tree.entries.compactMap { entry in
            guard entry.name.hasSuffix(".json"), !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path),
                bytes.count < 100_000, ByteSearch.contains("\"containerDefinitions\"".utf8, in: bytes)
            else { return nil }
            return repository.tree.text(entry.path).flatMap { TaskDefinition(path: entry.path, text: $0) }
        }
    }
}

/// An application that keeps its data in a database.
private let taskApplication = AppSpec(
    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
    variables: [Variable(name: "DATABASE_URL", services: ["a"], required: true, secret: true)])

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
        repository.tree.files(ending: "json").compactMap { entry in
            guard !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path),
                bytes.count < 100_000, ByteSearch.contains("\"containerDefinitions\"".utf8, in: bytes)
            else { return nil }
            return repository.tree.text(entry.path).flatMap { TaskDefinition(path: entry.path, text: $0) }
        }
    }
}

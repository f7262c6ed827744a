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
        let tasks = ECSContainer.all(in: repository)
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
                                "there is no \(path); add it, or write: \(tasks.first?.file ?? "the task definition's path")"
                            )
                    }
                    guard let name = step.input("container-name"), let container = value(of: name, step, job, file),
                        !isMade,
                        !container.contains("$"), let task = ECSContainer.all(of: text, in: path),
                        !task.contains(where: { $0.name == container })
                    else { return nil }
                    let known = task.compactMap(\.name).joined(separator: ", ")
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

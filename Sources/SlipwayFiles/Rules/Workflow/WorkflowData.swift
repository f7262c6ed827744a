// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// On the machine that serves, not on the runner that is thrown away.
    static let workflowLosesData = Rule(
        "WF039", .error, "a workflow's deployment deletes data",
        why: "The commands run on the machine that serves: every push deletes the database's volume or its tables.",
        catches: [
            .steps(
                "- uses: appleboy/ssh-action@v1.2.0\n  with:\n    host: a\n    script: |\n      cd app\n      sudo docker compose -f prod.yml down -v\n      docker compose up -d",
                job: "deploy"),
            .steps("- run: |\n    ssh a@b << 'END'\n    docker system prune -af --volumes\n    END", job: "deploy"),
            .steps("- run: php artisan migrate:fresh --force", job: "deploy"),
        ],
        passes: [
            .steps("- run: docker compose up -d\n- run: make test\n- run: docker compose down -v", job: "test"),
            .steps(
                "- uses: appleboy/ssh-action@v1.2.0\n  with:\n    host: a\n    script: |\n      docker compose down\n      docker compose up -d",
                job: "deploy"),
            .steps("- run: php artisan migrate:fresh --seed\n- run: php artisan test", job: "test"),
        ]
    ) { file in
        let words = SourceTree.Entry(path: file.location).name.lowercased().split { !$0.isLetter }
        guard !words.contains(where: { ["dev", "development", "preview", "local", "test"].contains($0) }) else {
            return []
        }
        return file.jobs.flatMap { job -> [Violation] in
            let isOwn = job.runners.contains { $0.name == "self-hosted" } && job.isDeployment
            return job.steps.flatMap { step -> [Violation] in
                let isRemote = step.action.contains("ssh")
                let sent = ["script", "command", "cmd"].lazy.compactMap(step.input).first
                guard let node = isRemote ? sent : step.run, let text = node.text else { return [] }
                let isElsewhere = isRemote || isOwn || sendsCommands(text)
                return DataLoss.lines(of: text).filter {
                    isElsewhere || $0.loss.subject == .tables && job.isDeployment
                }.map {
                    Violation(line: file.line(in: node, containing: $0.line), $0.loss.message)
                }
            }
        }
    }

    /// Whether a part of the text runs on another machine.
    private static func sendsCommands(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let words = line.split(separator: " ")
            return words.contains("ssh") || words.first == "scp" || words.contains("DOCKER_HOST=ssh:")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// On the machine that serves, or on its database.
    static let pipelineLosesData = Rule(
        "WF056", .error, "a GitLab deployment deletes data",
        why: "The commands run on the machine that serves: every run deletes tables, volumes or the running release.",
        catches: [
            "deploy:\n  stage: deploy\n  script:\n    - cd /srv/app\n    - docker compose down -v\n    - docker compose up -d\n",
            "release:\n  stage: build\n  script:\n    - php artisan migrate:fresh\n",
            "before_script:\n  - cd /var/www\n  - find . -type d -mtime +3 -exec rm -rf {} +;\nrelease:\n  stage: deploy\n  script: make\n",
            "release:\n  stage: deploy\n  script:\n    - rm -rf /var/www/html/app/\n    - mv /var/www/html/next /var/www/html/app\n",
        ],
        passes: [
            "deploy:\n  stage: deploy\n  script:\n    - cd /srv/app\n    - docker compose down\n    - docker compose up -d\n",
            "test:\n  image: php:8.4\n  services: [mysql:8.4]\n  script:\n    - php artisan migrate:fresh\n    - php artisan test\n",
            "test:\n  image: docker:27\n  script:\n    - docker compose up -d\n    - make test\n    - docker compose down -v\n",
            "release:\n  stage: deploy\n  script:\n    - rm -rf /tmp/next\n    - mv next /var/www/app\n",
        ]
    ) { file in
        let hasImages =
            file.root?["image"] != nil || file.root?.at("default", "image") != nil
            || file.pipelineJobs.contains { $0.node["image"] != nil }
        let shared = ["before_script", "after_script"].compactMap { file.root?[$0] }.flatMap(commands)
        return
            (shared.map { ($0, !hasImages) }
            + file.pipelineJobs.flatMap { job -> [(GitLabCommand, Bool)] in
                let isDeployment = job.node["environment"] != nil || job.node["stage"]?.text?.contains("deploy") == true
                let own = ["before_script", "script", "after_script"].compactMap { job.node[$0] }.flatMap(commands)
                guard job.node["services"] == nil, file.root?["services"] == nil else { return [] }
                // Without an image the job runs on the machine itself.
                return own.map { ($0, isDeployment || !hasImages) }
            }).filter(\.1).map(\.0).flatMap { command -> [Violation] in
                let lost = DataLoss.lines(of: command.text).map { Violation(line: command.line, $0.loss.message) }
                return lost + removedRelease(command, in: file)
            }
    }

    /// `rm -rf` of the folder that the next line moves the new release to.
    private static func removedRelease(_ command: GitLabCommand, in file: CheckedFile<YAMLDocument>) -> [Violation] {
        let words = command.text.split(separator: " ").map(String.init)
        guard words.contains("rm"), let path = words.last, path.hasPrefix("/"), !path.contains("*"),
            words.contains(where: { $0.hasPrefix("-") && $0.contains("r") }),
            ["/var/www/", "/srv/", "/opt/", "/home/"].contains(where: path.hasPrefix)
        else { return [] }
        let target = GoPath.clean(path)
        let isReplaced = file.text.split(whereSeparator: \.isNewline).contains { line in
            let words = line.split(separator: " ")
            return words.contains("mv") && words.last.map { GoPath.clean(String($0)) == target } == true
        }
        guard isReplaced else { return [] }
        return [
            Violation(
                line: command.line,
                "what was uploaded to \(target) goes with it; keep uploads outside, and switch a link: ln -sfn RELEASE \(target)",
                severity: .warning)
        ]
    }

    /// Whoever answers gets the secrets.
    static let pipelineUncheckedHost = Rule(
        "WF057", .warning, "a GitLab job accepts any host key",
        why: "Whoever answers at the address gets the files, the secrets in them and the commands.",
        catches: ["deploy:\n  script:\n    - ssh -o StrictHostKeyChecking=no a@b make\n"],
        passes: [
            "deploy:\n  script:\n    - echo \"$KNOWN_HOSTS\" > ~/.ssh/known_hosts\n    - ssh a@b make\n",
            "deploy:\n  script:\n    - ssh -o StrictHostKeyChecking=accept-new a@b make\n",
        ]
    ) { file in
        file.pipelineJobs.flatMap { job in
            ["before_script", "script", "after_script"].compactMap { job.node[$0] }.flatMap(commands)
        }.compactMap { command in
            guard
                command.text.contains("StrictHostKeyChecking=no") || command.text.contains("StrictHostKeyChecking no")
            else { return nil }
            return Violation(
                line: command.line, "accepts any host; put the host's key into a variable, and it into known_hosts")
        }
    }

    private static func commands(_ node: DataNode) -> [GitLabCommand] {
        (node.sequence ?? [node]).flatMap { item -> [GitLabCommand] in
            let lines = (item.text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            let start = lines.count > 1 ? item.line + 1 : item.line
            return lines.enumerated().map { GitLabCommand(text: String($1), line: start + $0) }
        }
    }
}

/// One line of a job's script.
private struct GitLabCommand {
    let text: String
    let line: Int
}

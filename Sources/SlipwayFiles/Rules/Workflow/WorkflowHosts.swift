// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// A host key that nobody compares proves nothing.
    static let workflowUncheckedHost = Rule(
        "WF040", .warning, "a workflow accepts any host key",
        why: "Whoever answers at the address gets the files, the secrets in them and the commands.",
        catches: [
            .steps("- run: ssh -o StrictHostKeyChecking=no deploy@${{ secrets.HOST }} make", job: "deploy"),
            .steps(
                "- run: |\n    echo start\n    rsync -e \"ssh -o StrictHostKeyChecking=no\" . a@b:/srv", job: "deploy"),
        ],
        passes: [
            .steps(
                "- run: |\n    echo \"${{ secrets.KNOWN_HOSTS }}\" > ~/.ssh/known_hosts\n    ssh a@b make",
                job: "deploy"),
            .steps("- run: ssh -o StrictHostKeyChecking=accept-new a@b make", job: "deploy"),
        ]
    ) { file in
        file.jobs.flatMap { job in
            job.steps.compactMap { step -> Violation? in
                guard let run = step.run, let text = run.text,
                    let line = text.split(separator: "\n").first(where: { line in
                        !line.trimmed.hasPrefix("#")
                            && (line.contains("StrictHostKeyChecking=no") || line.contains("StrictHostKeyChecking no"))
                    })
                else { return nil }
                return Violation(
                    line: file.line(in: run, containing: String(line)),
                    "accepts any host; keep the host's key in a secret and write it to known_hosts, or write: "
                        + "StrictHostKeyChecking=accept-new")
            }
        }
    }
}

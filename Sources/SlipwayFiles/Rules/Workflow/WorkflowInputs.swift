// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<YAMLDocument>> {
    /// Free text becomes commands.
    static let inputInjection = Rule(
        "WF018", .info, "an input becomes part of a script", alias: ["template-injection"],
        why: "The expression is put into the script before the shell reads it: whoever may start the workflow, and "
            + "whoever calls it, runs commands on the runner or on the server that it logs in to.",
        catches: [
            "on:\n  workflow_dispatch:\n    inputs:\n      tag:\n        type: string\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: git checkout ${{ inputs.tag }}\n",
            "on:\n  workflow_dispatch:\n    inputs:\n      branch:\n        required: true\nenv:\n  REF: ${{ inputs.branch || github.ref_name }}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          script: git reset --hard origin/${{ env.REF }}\n",
        ],
        passes: [
            "on:\n  workflow_dispatch:\n    inputs:\n      tag:\n        type: string\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: git checkout \"$TAG\"\n        env:\n          TAG: ${{ inputs.tag }}\n",
            "on:\n  workflow_dispatch:\n    inputs:\n      stage:\n        type: choice\n        options: [a, b]\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ./deploy ${{ inputs.stage }}\n",
            "on: push\nenv:\n  REF: ${{ github.sha }}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ env.REF }}\n",
        ]
    ) { file in
        let open = openInputs(of: file)
        guard !open.isEmpty else { return [] }
        func isFree(_ expression: String) -> Bool {
            WorkflowExpressions.paths(in: expression, of: "inputs").contains { $0.count == 2 && open.contains($0[1]) }
                || WorkflowExpressions.paths(in: expression, of: "github").contains {
                    $0.count == 4 && $0[1] == "event" && $0[2] == "inputs" && open.contains($0[3])
                }
        }
        let carriers = Set(
            (file.root?["env"]?.mapping?.entries ?? []).filter { entry in
                WorkflowExpressions.all(in: entry.value.text ?? "").contains(where: isFree)
            }.map(\.key))
        return file.jobs.flatMap(\.steps).flatMap { step -> [Violation] in
            let script = step.run ?? (step.action.hasSuffix("ssh-action") ? step.input("script") : nil)
            guard let script, let text = script.text else { return [] }
            let wrong = WorkflowExpressions.all(in: text).first { expression in
                // A comparison gives true or false, or one of two texts that are written out.
                guard !expression.contains("==") else { return false }
                return isFree(expression)
                    || WorkflowExpressions.paths(in: expression, of: "env").contains {
                        $0.count == 2 && carriers.contains($0[1])
                    }
            }
            guard let wrong else { return [] }
            return [
                Violation(
                    line: file.line(in: script, containing: wrong),
                    "whoever fills in the input runs commands here; give it as env: {TEXT: ${{ \(wrong) }}} and write: \"$TEXT\""
                )
            ]
        }
    }

    /// Inputs into which anything can be typed.
    private static func openInputs(of file: CheckedFile<YAMLDocument>) -> Set<String> {
        var names: Set<String> = []
        for event in ["workflow_dispatch", "workflow_call"] {
            for entry in file.trigger?.at(event, "inputs")?.mapping?.entries ?? [] {
                let type = entry.value["type"]?.text ?? "string"
                if type == "string" { names.insert(entry.key) }
            }
        }
        return names
    }
}

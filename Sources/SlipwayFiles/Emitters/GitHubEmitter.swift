// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// GitHub Actions: tests, images, scan, benchmark and deploys on main; and a way back by hand.
package struct GitHubEmitter: Emitter {
    package let name = "github"
    package let target = FileTarget.github

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        let workflow = GitHubWorkflow(layout: layout, tree: input.tree)
        let header =
            "Tests, images and deploys of \(layout.name). Deploys happen on main when the repository variable DEPLOY_TARGET\n"
            + "is fly or ssh; each needs the secrets that its job names, in the environment production."
        return [
            GeneratedFile(
                path: ".github/workflows/ci.yml",
                contents: YAMLText.print(workflow.map, comment: header, plainKeys: ["on"])),
            GeneratedFile(
                path: ".github/workflows/rollback.yml",
                contents: YAMLText.print(
                    workflow.rollback, comment: "Goes back to the release before the last one; started by hand.",
                    plainKeys: ["on"])),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// `DEPLOYMENT.md` of this very application, and the drawing of its architecture.
package struct GuideEmitter: Emitter {
    package let name = "guide"
    package let target = FileTarget.common

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        let diagram = ArchitectureDiagram(layout: layout)
        return [
            GeneratedFile(path: "DEPLOYMENT.md", contents: DeploymentGuide(layout: layout, diagram: diagram).contents),
            GeneratedFile(path: "deploy/architecture.svg", contents: diagram.svg),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A Dockerfile an image: dependencies before source, nothing at the end that only building needs, no root.
package struct DockerfileEmitter: Emitter {
    package let name = "dockerfile"
    package let target = FileTarget.docker

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] { input.dockerfiles }

    static func files(_ layout: Layout, in tree: SourceTree) -> [GeneratedFile] {
        tree.shared(layout.images.count) { number -> GeneratedFile? in
            let image = layout.images[number]
            guard let recipe = ImageRecipes.recipe(for: image.owner) else { return nil }
            let stages = recipe.stages(ImageInput(layout: layout, image: image, tree: tree))
            return GeneratedFile(
                path: image.dockerfile, contents: DockerStage.print(stages, comment: Self.comment(image)))
        }.compactMap { $0 }
    }

    private static func comment(_ image: Layout.Image) -> String {
        let names = image.services.map(\.name).joined(separator: ", ")
        let build =
            "docker build -f \(ShellWord.quote(image.dockerfile)) -t \(image.name) \(ShellWord.quote(image.context))"
        return "Image of \(names). Build it from the repository's root:\n  \(build)"
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A `.dockerignore` a build context: out stays what no COPY needs, and nothing that one does.
package struct DockerIgnoreEmitter: Emitter {
    package let name = "dockerignore"
    package let target = FileTarget.docker

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = Layout(input)
        let fresh = Dictionary(
            DockerfileEmitter().emit(input).map { ($0.path, $0.contents) }, uniquingKeysWith: { first, _ in first })
        let contexts = Dictionary(grouping: layout.images, by: \.context).sorted { $0.key < $1.key }
        return contexts.map { context, images in
            let sources = images.flatMap { image in
                // A Dockerfile that a person wrote or changed is the one that is built.
                CopiedPaths.of(input.tree.text(image.dockerfile) ?? fresh[image.dockerfile] ?? "")
            }
            let rules = IgnoreRules(context: context, images: images, input: input)
            return GeneratedFile(
                path: Layout.join(context, ".dockerignore"), contents: rules.text(keeping: sources))
        }
    }
}

/// Paths of the build context that a Dockerfile names.
enum CopiedPaths {
    static func of(_ text: String) -> [String] {
        let paths = Dockerfile(parsing: text).instructions.flatMap { instruction -> [String] in
            guard ["COPY", "ADD"].contains(instruction.keyword), instruction.flag("from") == nil else { return [] }
            return instruction.arguments.dropLast().map { PythonInstaller.normalized(Self.unescaped($0)) }
        }
        return Set(paths.filter { !$0.isEmpty && !$0.contains("://") }).sorted()
    }

    private static func unescaped(_ path: String) -> String {
        path.replacing("\\$", with: "$").replacing("[*]", with: "*").replacing("[?]", with: "?")
            .replacing("[[]", with: "[")
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A `.dockerignore` a build context: out stays what no COPY needs, and nothing that one does.
package struct DockerIgnoreEmitter: Emitter {
    package let name = "dockerignore"
    package let target = FileTarget.docker

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        let fresh = Dictionary(input.dockerfiles.map { ($0.path, $0.contents) }) { first, _ in first }
        let hidesDotFiles = Self.hidesDotFiles(input.tree.text(".gitignore") ?? "")
        let contexts = Dictionary(grouping: layout.images, by: \.context).sorted { $0.key < $1.key }
        // Contexts of one kind have the same patterns, which are read once.
        var known: [String: DockerIgnore] = [:]
        return contexts.flatMap { context, images in
            let path = Layout.join(context, ".dockerignore")
            let sources = images.flatMap { image in
                // A Dockerfile that a person wrote or changed is the one that is built.
                input.tree.text(image.dockerfile).map(CopiedPaths.of)
                    ?? CopiedPaths.ofOurs(fresh[image.dockerfile] ?? "")
            }
            let rules = IgnoreRules(context: context, images: images, input: input)
            let text = rules.text(keeping: sources, &known)
            // A person's own file was written for another build; BuildKit prefers one that has the Dockerfile's name.
            let theirs = input.tree.contains(path) ? input.tree.text(path).map(DockerIgnore.init(parsing:)) : nil
            let mistaken = images.filter { image in
                guard let theirs, !layout.isHandwritten(image) else { return false }
                return Self.drops(theirs, CopiedPaths.ofOurs(fresh[image.dockerfile] ?? ""), context, input.tree)
            }
            // Where version control hides names that begin with a dot, a clone would build without the file.
            let hidden = hidesDotFiles ? images.filter { !layout.isHandwritten($0) } : mistaken
            return [GeneratedFile(path: path, contents: text)]
                + hidden.map { GeneratedFile(path: $0.dockerfile + ".dockerignore", contents: text) }
        }
    }

    private static func hidesDotFiles(_ gitignore: String) -> Bool {
        let lines = Set(gitignore.split(separator: "\n").map(String.init))
        let hiding: Set<String> = [".*", "/.*", "**/.*", ".dockerignore", "/.dockerignore", "**/.dockerignore"]
        return !lines.isDisjoint(with: hiding) && lines.isDisjoint(with: ["!.dockerignore", "!/.dockerignore"])
    }

    /// Whether a file of patterns keeps out what the build copies.
    private static func drops(
        _ ignore: DockerIgnore, _ sources: [String], _ context: String, _ tree: SourceTree
    ) -> Bool {
        sources.contains { source in
            guard source == "." else { return ignore.excludes(source) }
            let prefix = context == "." ? 0 : context.utf8.count + 1
            return tree.files(under: context).allSatisfy { ignore.excludes(String($0.path.dropFirst(prefix))) }
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

    /// The same for a file that Slipway prints, where a COPY has one line and nothing else begins like it.
    static func ofOurs(_ text: String) -> [String] {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("COPY ") || $0.hasPrefix("ADD ") }
        return of(lines.joined(separator: "\n"))
    }

    private static func unescaped(_ path: String) -> String {
        guard path.utf8.contains(where: { "\\[".utf8.contains($0) }) else { return path }
        return path.replacing("\\$", with: "$").replacing("[*]", with: "*").replacing("[?]", with: "?")
            .replacing("[[]", with: "[")
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The Compose files: the whole application, the same for development, and for production on one machine.
package struct ComposeEmitter: Emitter {
    package let name = "compose"
    package let target = FileTarget.docker
    /// In the order in which Compose looks for them; one that is there already is the one that counts.
    private static let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        func file(_ path: String, _ kind: ComposeStack.Kind) -> GeneratedFile {
            GeneratedFile(path: path, contents: input.stack(kind).text)
        }
        let main = Self.names.first { input.tree.contains($0) || input.written.contains($0) } ?? ComposeFileName.stack
        return [
            file(main, .stack), file(ComposeFileName.development, .development),
            file(ComposeFileName.production, .production),
        ]
    }
}

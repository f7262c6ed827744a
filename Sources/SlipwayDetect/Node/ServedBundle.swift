// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A bundle for browsers that the server of the same package serves: one program and one image, and no server of files
/// beside it.
enum ServedBundle {
    private static let search = ByteSearch(["static", "sirv"])

    /// Whether the package builds both at once, and its server hands out the folder that the bundle is left in.
    static func isServed(_ front: NodeFrontEnd?, by project: NodeProject, _ tree: SourceTree) -> Bool {
        guard let output = front?.output?.lastPathComponent, NodeServer.framework(of: project) != nil,
            buildsBoth(project)
        else { return false }
        return project.scripts.contains { path in
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { return false }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            let serves = (0..<code.count).contains { index in
                guard code.isMark(index + 1, "(") else { return false }
                return code.isWord(index, "static") && code.isMember(index)
                    || code.isWord(index, of: ["serveStatic", "sirv", "fastifyStatic"])
            }
            return serves
                && (0..<code.count).contains { index in
                    code.string(index)?.split(separator: "/").contains { $0 == output } == true
                }
        }
    }

    /// `vite build && esbuild server/index.ts …`, `vite build && tsc -p server`
    private static func buildsBoth(_ project: NodeProject) -> Bool {
        let build = project.manifest.script("build")?.text ?? ""
        return build.contains("vite build")
            && ["esbuild ", "tsup", "tsc -p", "build:server"].contains { build.contains($0) }
    }
}

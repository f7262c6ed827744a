// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// The `# syntax=` line of a Dockerfile, which makes BuildKit pull a reader for the file. Without a registry the engine's
/// own reader is nearly always enough.
enum SyntaxLine {
    static func isMissed(in lines: some Sequence<String>) -> Bool {
        lines.contains { $0.contains("resolve image config for ") && $0.contains("docker/dockerfile") }
    }

    /// The same build from a copy of its Dockerfile without the line.
    /// - Parameter folder: Where the copy is written.
    /// - Returns: `nil` when the file has no such line.
    static func without(_ build: ImageBuild, in folder: FileStore) throws -> ImageBuild? {
        let path = build.dockerfilePath
        guard let slash = path.lastIndex(of: "/"),
            let text = try? FileStore(root: String(path[..<slash])).text(String(path[path.index(after: slash)...]))
        else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.map { isOne($0) ? "#" : $0 }
        guard kept != lines else { return nil }
        let name = "image-\(build.service).Dockerfile"
        try folder.write(kept.joined(separator: "\n"), to: name)
        // An ignore file that belongs to the Dockerfile alone follows it.
        if let ignored = try? FileStore(root: String(path[..<slash])).text(
            "\(path[path.index(after: slash)...]).dockerignore")
        {
            try folder.write(ignored, to: name + ".dockerignore")
        }
        var plain = build
        plain.dockerfile = try folder.resolve(name)
        return plain
    }

    private static func isOne(_ line: Substring) -> Bool {
        let text = line.filter { $0 != " " && $0 != "\t" }.lowercased()
        return text.hasPrefix("#syntax=")
    }
}

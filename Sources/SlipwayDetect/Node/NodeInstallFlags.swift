// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What a package's authors tell npm whenever they install it: packages that disagree about their peers are refused
/// without it (docs.npmjs.com/cli/using-npm/config#legacy-peer-deps).
enum NodeInstallFlags {
    private static let flags = ["--legacy-peer-deps", "--force"]
    private static let search = ByteSearch(flags)
    private static let names = [
        "Dockerfile", "Dockerfile.dev", "Dockerfile.prod", "Dockerfile.production", "README.md", "readme.md",
        "Readme.md",
        "CONTRIBUTING.md", "vercel.json", "netlify.toml", "package.json",
    ]

    /// In the package's own files and those above it, then in the repository's workflows.
    static func find(_ project: NodeProject, _ tree: SourceTree) -> String? {
        let folders = PathText.ancestors(of: project.directory)
        let own = folders.flatMap { folder in names.map { folder.appending(path: $0) } }
        let workflows = tree.files(under: ".github/workflows").map(\.path)
        return (own + workflows).lazy.compactMap { flag(in: $0, tree) }.first
    }

    private static func flag(in path: String, _ tree: SourceTree) -> String? {
        guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split { " \t`\"'&;|,()".contains($0) }.map(String.init)
            for (index, word) in words.enumerated()
            where word == "npm" && index + 2 < words.count && ["install", "ci", "i"].contains(words[index + 1]) {
                let rest = words[(index + 2)...].prefix { $0.hasPrefix("-") }
                // `npm install --legacy-peer-deps some-package` adds one, which says nothing of the others.
                let next = words.indices.contains(index + 2 + rest.count) ? words[index + 2 + rest.count] : nil
                let addsPackage = path.hasSuffix(".md") && line.contains("\(rest.last ?? "") \(next ?? "\n")")
                guard !rest.contains("-g"), !rest.contains("--global"), !addsPackage else { continue }
                if let flag = flags.first(where: rest.contains) { return flag }
            }
        }
        return nil
    }
}
